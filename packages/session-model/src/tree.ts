import type { Transaction } from "@nsj/mdb-core";
import type { Chance } from "./chance.ts";
import * as deeds from "./deeds.ts";
import type { Handle, Place, Play } from "./play.ts";
import type { Part } from "./records.ts";

const roots = ["transaction", "transaction", "transaction", "session", "held", "connection", "statements"] as const;

interface Limits {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

type Deed = readonly [share: number, name: string, run: () => Promise<unknown>];

/**
 * A random tree of statements, savepoints, joined callbacks, streams, loads, pinned connections, held transactions, sessions and hooks, each awaited,
 * forgotten, thrown at or aborted.
 */
export class Tree {
  readonly #play: Play;
  readonly #number: number;
  readonly #chance: Chance;

  constructor(play: Play, number: number, chance: Chance) {
    this.#play = play;
    this.#number = number;
    this.#chance = chance;
  }

  /** Plays it. Never rejects. @param alone - nothing else is played beside it */
  async run(alone: boolean): Promise<void> {
    if (alone && this.#chance.hits(0.03)) {
      this.#play.records.trace.push("insert from a stream");
      await deeds.insertFromStream(this.#play).catch(() => {});
      return;
    }
    if (alone && this.#play.stage.ground.server !== undefined && this.#chance.hits(0.03)) {
      await deeds.cutWriteShort(this.#play, this.#chance.fork());
      return;
    }
    const kind = this.#chance.pick(roots);
    this.#play.records.trace.push(kind);
    await this.#root(kind).catch(() => {});
  }

  #root(kind: (typeof roots)[number]): Promise<unknown> {
    const { database } = this.#play.stage;
    const limits = this.#limits();
    const place = this.#place(database, limits.timeoutMs !== undefined);
    switch (kind) {
      case "transaction":
        return this.#play.limited("a transaction", limits.timeoutMs, () => this.#transaction(place, limits));
      case "held":
        return this.#held(place, limits);
      case "session":
        return this.#session(place);
      case "connection":
        return this.#play.limited("a connection", limits.timeoutMs, () =>
          database.withConnection((connection) => this.#body({ ...place, handle: connection }), limits),
        );
      case "statements":
        return this.#body({ ...place, bounded: false });
    }
  }

  #place(handle: Handle, bounded: boolean): Place {
    const chance = this.#chance.fork();
    return { handle, outer: [], part: undefined, depth: 0, chance, tree: this.#number, bounded };
  }

  #limits(): Limits {
    const ms = 1 + this.#chance.below(1_500);
    if (this.#chance.hits(0.2)) return { timeoutMs: ms };
    return this.#chance.hits(0.1) ? { signal: this.#play.abortedAfter(ms, this.#number) } : {};
  }

  /** A transaction of its own; run again after some failures, at times. */
  #transaction(place: Place, limits: Limits): Promise<unknown> {
    const { records } = this.#play;
    const again = place.chance.hits(0.2) ? { retry: { attempts: 2 } } : {};
    return this.#play.within("transaction", place, (whole) => {
      let last: Part | undefined;
      const attempt = async (tx: Transaction): Promise<void> => {
        records.expect(last?.ok !== undefined || last === undefined, () => "two attempts of one callback run at once");
        // What an attempt before has done was undone.
        if (last !== undefined) last.ok = false;
        const part: Part = { kind: "attempt", around: whole, ok: undefined };
        last = part;
        try {
          await this.#body({ ...place, handle: tx, part });
          part.ok = true;
        } finally {
          part.ok ??= false;
        }
      };
      return place.handle.transaction(attempt, { ...limits, ...again });
    });
  }

  async #held(place: Place, limits: Limits): Promise<void> {
    const { database } = this.#play.stage;
    await this.#play.within("held", place, async (part) => {
      const tx = await database.begin(limits);
      try {
        // Nothing ends the code beside a held transaction but itself.
        await this.#body({ ...place, handle: tx, part, bounded: false });
        if (place.chance.hits(0.4)) {
          const inner = { ...place, handle: database, outer: [tx], part, depth: 1 };
          await tx.run(() => this.#body(inner));
        }
        if (place.chance.hits(0.2)) throw new Error("not committed");
        await this.#play.limited("commit()", limits.timeoutMs, () => tx.commit());
      } finally {
        await this.#play.limited("a dispose", 0, async () => tx[Symbol.asyncDispose](), place.tree);
      }
    });
  }

  async #session(place: Place): Promise<void> {
    const session = await this.#play.stage.database.getSession();
    const unit = (part: Part): Promise<void> =>
      this.#body({ ...place, handle: session, part, depth: 1, bounded: false }).then(() => session.commit());
    try {
      for (let round = place.chance.below(3); round >= 0; round--) {
        await this.#play.within("session", place, unit).catch(() => session.rollback());
      }
    } finally {
      await session.close();
    }
  }

  #body(place: Place): Promise<void> {
    return this.#play.track(this.#runBody(place));
  }

  async #runBody(place: Place): Promise<void> {
    const { chance } = place;
    const together: Promise<unknown>[] = [];
    for (let count = chance.below(5); count >= 0; count--) {
      const work = this.#play.track(this.#deed({ ...place, chance: chance.fork() }));
      const guarded = chance.hits(0.5) ? work.catch(() => {}) : work;
      if (chance.hits(0.08)) {
        this.#play.records.trace.push("forgotten");
        guarded.catch(() => {});
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
    const { chance, part, outer, bounded, depth } = place;
    const play = this.#play;
    const { database, ground } = play.stage;
    const inTransaction = part !== undefined;
    // Inside of a session's own units the database is another place; inside of a callback it is the same one.
    const ambient = inTransaction && part.kind !== "session" && part.kind !== "held" ? database : place.handle;
    const handle = chance.hits(0.6) ? place.handle : chance.hits(0.5) ? ambient : (chance.pick(outer) ?? place.handle);
    const choices: readonly [Deed, ...Deed[]] = [
      [10, "insert", () => deeds.insert(play, handle, place)],
      [
        ground.server === undefined ? 0 : 0.3,
        "insert slowly",
        () => deeds.insert(play, handle, place, ground.server?.slowInsert),
      ],
      [2, "insert in time", () => deeds.insertInTime(play, handle, place)],
      [2, "insert some", () => deeds.insertSome(play, handle, place)],
      [2, "fail", () => handle.query("select * from nowhere")],
      [3, "stream", () => deeds.readStream(play, handle, place)],
      // Outside of every unit it would keep its connection until somebody comes back to it.
      [handle === database && !inTransaction ? 0 : 2, "iterator left open", () => deeds.leaveIteratorOpen(handle)],
      [3, "wait", () => play.stage.wait(chance.below(400))],
      [1, "wait long", () => play.stage.wait(1_500)],
      [bounded ? 2.5 : 0, "wait until it is over", () => play.over],
      [1, "in vain", () => deeds.queryInVain(handle, place)],
      [1, "commit as text", () => (inTransaction ? handle.execute("commit") : Promise.resolve())],
      [0.3, "end by text", () => deeds.endByText(play, handle, place)],
      [1, "pinned", () => database.withConnection((connection) => connection.query("select 1 as n"))],
      [2, "own transaction", () => this.#own(place)],
      [3, "hooks", async () => deeds.addHooks(play, place)],
      [6, "nested", () => this.#nested(place, handle)],
      [1, "nested and left behind", async () => void play.track(this.#nested(place, handle)).catch(() => {})],
      [0.7, "leave something", () => deeds.leaveSomething(play, handle, place)],
      [ground.kill === undefined ? 0 : 0.4, "kill", () => deeds.kill(play)],
      [depth < 2 ? 0.1 : 0, "close", () => deeds.close(play, place)],
    ];
    const [, name, run] = chance.weigh(choices);
    play.records.trace.push(name);
    await run();
  }

  async #own(place: Place): Promise<void> {
    if (place.depth > 2) return;
    const { database, ground } = this.#play.stage;
    // Where there is one writer, it is the transaction around this one.
    const body = (part: Part) => (tx: Transaction) =>
      ground.manyWriters || place.part === undefined
        ? this.#body({ ...place, handle: tx, outer: [], part, depth: place.depth + 2, bounded: false })
        : tx.query("select 1 as n").then(() => database.query("select 2 as n"));
    await this.#play.within("transaction", { ...place, part: undefined }, (part) =>
      database.transaction<unknown>(body(part), { propagation: "requires_new" }),
    );
  }

  async #nested(place: Place, handle: Handle): Promise<void> {
    const { part, outer, depth, chance } = place;
    if (depth > 3 || part === undefined) return;
    const isOwn = handle === place.handle || outer.includes(handle);
    const savepoint = chance.hits(0.6) || (isOwn && part.kind === "session");
    await this.#play.within(savepoint ? "savepoint" : "joined", place, (inner) => {
      const body = (tx: Transaction): Promise<void> =>
        this.#body({ ...place, handle: tx, outer: [...outer, place.handle], part: inner, depth: depth + 1 });
      return handle.transaction(body, { propagation: savepoint ? "nested" : "required" });
    });
  }
}
