import { CommitOutcomeUnknownError, type Executor, isMdbError, type Transaction } from "@nsj/mdb-core";
import { Chance, expectThat } from "./chance.ts";
import type { Ground } from "./ground.ts";
import { type HookRecord, type Insert, type Part, wasKept } from "./records.ts";

/** Where the generated code is: the innermost handle and the parts around it. */
interface Place {
  readonly handle: Executor & Partial<Pick<Transaction, "savepoint" | "onCommit" | "onRollback">>;
  readonly outer: readonly Executor[];
  readonly part: Part | undefined;
  readonly depth: number;
}

const insert = "insert into model (id) values (:id)";
const rows = "select n from (select 1 as n union all select 2 union all select 3) as three";
/** More fake time than any wait may take. */
const longestMs = 30_000;

/**
 * Random trees of statements, savepoints, joined callbacks, streams, bulk loads, pinned connections, held transactions, sessions and hooks, each
 * awaited, forgotten, thrown at or aborted; and what has to hold after each, whatever happens.
 */
export class SessionModel {
  readonly trace: string[] = [];
  readonly #ground: Ground;
  readonly #chance: Chance;
  readonly #inserts: Insert[] = [];
  readonly #hooks: HookRecord[] = [];
  /** Everything that was started and not awaited. */
  readonly #forgotten: Promise<unknown>[] = [];
  #nextId = 1;

  constructor(ground: Ground, seed: number) {
    this.#ground = ground;
    this.#chance = new Chance(seed);
  }

  /** Plays one tree. @throws Error saying which promise was broken */
  async play(): Promise<void> {
    const { database } = this.#ground;
    await this.#patiently(database.execute("delete from model"));
    const chance = this.#chance;
    const kind = chance.pick(["transaction", "transaction", "transaction", "session", "held", "connection"] as const);
    this.trace.push(kind);
    await this.#patiently(this.#outcome(this.#root(kind)));
    await this.#patiently(Promise.allSettled(this.#forgotten));
    await this.#check();
  }

  #root(kind: "transaction" | "session" | "held" | "connection"): Promise<void> {
    const { database } = this.#ground;
    const limits = this.#chance.hits(0.25) ? { timeoutMs: 1 + this.#chance.below(1_500) } : {};
    switch (kind) {
      case "transaction":
        return this.#within("transaction", undefined, (part) =>
          database.transaction((tx) => this.#body({ handle: tx, outer: [], part, depth: 0 }), limits),
        );
      case "held":
        return this.#held(limits);
      case "session":
        return this.#session();
      case "connection":
        return database.withConnection(
          (connection) => this.#body({ handle: connection, outer: [], part: undefined, depth: 2 }),
          limits,
        );
    }
  }

  async #held(limits: object): Promise<void> {
    await this.#within("held", undefined, async (part) => {
      const tx = await this.#ground.database.begin(limits);
      try {
        await this.#body({ handle: tx, outer: [], part, depth: 0 });
        if (this.#chance.hits(0.4))
          await tx.run(() => this.#body({ handle: this.#ground.database, outer: [tx], part, depth: 1 }));
        if (this.#chance.hits(0.8)) await tx.commit();
        else throw new Error("not committed");
      } finally {
        await tx[Symbol.asyncDispose]();
      }
    });
  }

  async #session(): Promise<void> {
    const session = await this.#ground.database.getSession();
    try {
      for (let round = this.#chance.below(3); round >= 0; round--) {
        await this.#within("session", undefined, async (part) => {
          try {
            await this.#body({ handle: session, outer: [], part, depth: 1 });
          } catch (error) {
            await session.rollback();
            throw error;
          }
          await session.commit();
        }).catch(() => session.rollback());
      }
    } finally {
      await session.close();
    }
  }

  /** Notes what becomes of a part. */
  async #within(kind: Part["kind"], around: Part | undefined, run: (part: Part) => Promise<unknown>): Promise<void> {
    const part: Part = { kind, around, ok: undefined };
    this.trace.push(`${kind}(`);
    try {
      await run(part);
      part.ok = true;
    } catch (error) {
      part.ok = isUnknown(error) ? "unknown" : false;
      throw error;
    } finally {
      this.trace.push(")");
    }
  }

  async #body(place: Place): Promise<void> {
    const chance = this.#chance;
    const together: Promise<unknown>[] = [];
    for (let count = chance.below(5); count >= 0; count--) {
      const work = this.#deed(place);
      const guarded = chance.hits(0.5) ? work.catch(() => {}) : work;
      if (chance.hits(0.08)) {
        this.trace.push("forgotten");
        this.#forgotten.push(guarded.catch(() => {}));
      } else if (chance.hits(0.35)) {
        guarded.catch(() => {});
        together.push(guarded);
      } else await guarded;
    }
    if (chance.hits(0.5)) await Promise.all(together);
    else await Promise.allSettled(together);
    if (chance.hits(0.12)) throw new Error("thrown by the callback");
  }

  async #deed(place: Place): Promise<void> {
    const chance = this.#chance;
    const { database } = this.#ground;
    const { part, depth, outer } = place;
    const inTransaction = part !== undefined;
    // Inside of a session's own units the database is another place; inside of a callback it is the same one.
    const ambient = inTransaction && part.kind !== "session" && part.kind !== "held" ? database : place.handle;
    const handle = chance.hits(0.6) ? place.handle : chance.hits(0.5) ? ambient : (chance.pick(outer) ?? place.handle);
    type Deed = readonly [share: number, name: string, run: () => Promise<unknown>];
    const deeds: readonly [Deed, ...Deed[]] = [
      [10, "insert", () => this.#insert(handle, part)],
      [2, "fail", () => handle.query("select * from nowhere")],
      [3, "stream", () => this.#stream(handle)],
      [2, "iterator left open", async () => void (await handle.stream(rows)[Symbol.asyncIterator]().next())],
      [3, "wait", () => this.#wait(chance.below(400))],
      [1, "wait long", () => this.#wait(1_500)],
      [2, "late", () => handle.query("select 1 as n", undefined, { timeoutMs: chance.below(3) })],
      [1, "aborted", () => handle.query("select 1 as n", undefined, { signal: AbortSignal.abort() })],
      [2, "bulk", () => this.#bulk(handle, part)],
      [1, "commit as text", () => (inTransaction ? handle.execute("commit") : Promise.resolve())],
      [1, "pinned", () => database.withConnection((connection) => connection.query("select 1 as n"))],
      [2, "own transaction", () => this.#own(depth)],
      [3, "hooks", async () => this.#hook(place)],
      [6, "nested", () => this.#nested(place, handle, depth)],
      [1, "kill", async () => (depth === 0 && chance.hits(0.3) ? this.#ground.kill?.() : undefined)],
    ];
    const [, name, run] = chance.weigh(deeds);
    this.trace.push(name);
    await run();
  }

  async #insert(handle: Executor, part: Part | undefined): Promise<void> {
    const record: Insert = { id: this.#nextId++, part, ok: undefined };
    this.#inserts.push(record);
    try {
      await handle.execute(insert, { id: record.id });
      record.ok = true;
    } catch (error) {
      // Outside of a transaction a statement that was lost, or stopped, on its way may have done its work.
      record.ok = part === undefined && isMdbError(error) && error.code !== "MDB_PARAMETER" ? undefined : false;
      throw error;
    }
  }

  async #bulk(handle: Executor, part: Part | undefined): Promise<void> {
    const records: Insert[] = [0, 1].map(() => ({ id: this.#nextId++, part, ok: undefined }));
    this.#inserts.push(...records);
    const wait = (): Promise<void> => this.#wait(this.#chance.below(300));
    const source = this.#chance.pick(["values", "slow", "from itself", "endless"] as const);
    this.trace.push(source);
    async function* made(): AsyncGenerator<readonly unknown[]> {
      for (const { id } of records) {
        if (source === "slow") await wait();
        if (source === "from itself") await handle.query("select 1 as n");
        if (source === "endless") await new Promise(() => {});
        yield [id];
      }
    }
    const options = source === "endless" ? { timeoutMs: 50 } : {};
    try {
      await handle.bulkInsert("model", ["id"], source === "values" ? records.map(({ id }) => [id]) : made(), options);
      for (const record of records) record.ok = true;
    } catch (error) {
      for (const record of records) record.ok = isUnknown(error) ? undefined : false;
      throw error;
    }
  }

  async #stream(handle: Executor): Promise<void> {
    let seen = 0;
    for await (const _ of handle.stream(rows, undefined, { fetchSize: 1 })) {
      if (this.#chance.hits(0.1)) await this.#wait(200);
      if (++seen === 2 && this.#chance.hits(0.4)) break;
    }
  }

  #own(depth: number): Promise<void> {
    if (depth > 2) return Promise.resolve();
    const { database, manyWriters } = this.#ground;
    // Where there is one writer, it is the transaction around this one.
    const body = (part: Part) => (tx: Transaction) =>
      manyWriters
        ? this.#body({ handle: tx, outer: [], part, depth: depth + 2 })
        : tx.query("select 1 as n").then(() => database.query("select 2 as n"));
    return this.#within("transaction", undefined, (part) =>
      database.transaction<unknown>(body(part), { propagation: "requires_new" }),
    );
  }

  async #nested(place: Place, handle: Executor, depth: number): Promise<void> {
    if (depth > 3 || place.part === undefined) return;
    const { part, outer } = place;
    const isOwn = handle === place.handle || outer.includes(handle);
    const savepoint = this.#chance.hits(0.6) || (isOwn && part.kind === "session");
    await this.#within(savepoint ? "savepoint" : "joined", part, (inner) => {
      const body = (tx: Transaction): Promise<void> =>
        this.#body({ handle: tx, outer: [...outer, place.handle], part: inner, depth: depth + 1 });
      return handle.transaction(body, { propagation: savepoint ? "nested" : "required" });
    });
  }

  #hook({ handle, part }: Place): void {
    if (part === undefined || handle.onCommit === undefined || handle.onRollback === undefined) return;
    const record: HookRecord = { part, committed: 0, undone: 0 };
    handle.onCommit(() => void record.committed++);
    handle.onRollback(() => void record.undone++);
    this.#hooks.push(record);
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#ground.clock.setTimer(resolve, ms));
  }

  #outcome(work: Promise<unknown>): Promise<unknown> {
    return work.then(
      () => "resolved",
      (error: unknown) => error,
    );
  }

  /** Lets time pass until it has settled. @throws Error when it hangs */
  async #patiently(work: Promise<unknown>): Promise<void> {
    let done = false;
    const finish = (): void => {
      done = true;
    };
    work.then(finish, finish);
    for (let passed = 0; !done; passed += 25) {
      expectThat(passed < longestMs, "something hangs");
      // Sockets are read between two turns of the loop.
      for (let turn = 0; turn < 4 && !done; turn++) await new Promise((resolve) => setImmediate(resolve));
      if (!done) await this.#pass(25);
    }
    await work;
  }

  async #pass(ms: number): Promise<void> {
    if (this.#ground.remote === true) await new Promise((resolve) => setTimeout(resolve, 1));
    await this.#ground.clock.advance(ms);
  }

  async #check(): Promise<void> {
    const { database } = this.#ground;
    // What was interrupted gives its connection back within the time that a server gets to answer a cancellation.
    for (let passed = 0; database.stats().busy + database.stats().waiting > 0; passed += 25) {
      expectThat(passed < longestMs, `connections are not given back: ${JSON.stringify(database.stats())}`);
      await new Promise((resolve) => setImmediate(resolve));
      await this.#pass(25);
    }
    const found = database.query<{ id: number }>("select id from model");
    await this.#patiently(found);
    const there = new Set((await found).map(({ id }) => id));
    for (const { id, part, ok } of this.#inserts) {
      const kept = wasKept(part);
      if (ok === undefined || kept === "unknown") continue;
      const expected = ok && kept;
      expectThat(there.has(id) === expected, `row ${id} is ${there.has(id) ? "there" : "missing"}: ${path(part)}`);
    }
    for (const { part, committed, undone } of this.#hooks) {
      const kept = wasKept(part);
      if (kept === "unknown") continue;
      expectThat(committed === (kept ? 1 : 0), `onCommit ran ${committed} times: ${path(part)}`);
      expectThat(undone === (kept ? 0 : 1), `onRollback ran ${undone} times: ${path(part)}`);
    }
  }
}

function isUnknown(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof CommitOutcomeUnknownError) return true;
  return false;
}

function path(part: Part | undefined): string {
  const kinds: string[] = [];
  for (let at = part; at !== undefined; at = at.around) kinds.unshift(`${at.kind} ${String(at.ok)}`);
  return kinds.join(" > ");
}
