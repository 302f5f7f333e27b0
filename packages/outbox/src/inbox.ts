import { performance } from "node:perf_hooks";
import {
  checkOptions,
  type Database,
  DeadlockError,
  LockTimeoutError,
  type OptionRules,
  SerializationError,
  StatementTimeoutError,
  sql,
  type Transaction,
  UniqueViolationError,
} from "@nsj/mdb-core";
import { inboxDdl } from "./ddl.ts";
import { digestOf } from "./digest.ts";
import { jsonOf } from "./json-of.ts";
import { momentOf } from "./moment.ts";
import { remember } from "./remember.ts";
import { createMissing, statementsOf } from "./table-ddl.ts";
import { checkName } from "./tables.ts";

/** Options of {@link Inbox.once}. */
export interface OnceOptions {
  /** What the caller asked for, anything that JSON can hold: the same key with another request is refused. */
  readonly request?: unknown;
  /** How long to wait for somebody who has the same key, in milliseconds; 10 000 by default. */
  readonly timeoutMs?: number;
}

const onceRules: OptionRules<OnceOptions> = { request: { type: "any" }, timeoutMs: { type: "milliseconds" } };

/** A key that is missing, in use, or was used for something else: HTTP's 400, 409 and 422. */
export class IdempotencyError extends Error {
  override readonly name = "IdempotencyError";
  /**
   * `"in use"`: somebody is at it; the same call may get the answer later. `"other request"`: the key was used for something else. `"no key"`: it is empty, or
   * no string: all who send none would share it.
   */
  readonly reason: "in use" | "other request" | "no key";
  readonly statusCode: 400 | 409 | 422;

  constructor(reason: IdempotencyError["reason"]) {
    const { message, statusCode } = refusals[reason];
    super(message);
    this.reason = reason;
    this.statusCode = statusCode;
  }
}

const refusals = {
  "in use": { statusCode: 409, message: "the idempotency key is in use right now" },
  "other request": { statusCode: 422, message: "the idempotency key was used for another request" },
  "no key": { statusCode: 400, message: "an idempotency key is needed: a string that is not empty" },
} as const;

/** Options of an inbox. */
interface InboxOptions {
  /** Its table. `"mdb_inbox"` by default. */
  readonly table?: string | undefined;
}

const inboxRules: OptionRules<InboxOptions> = { table: { type: "string" } };

/** The inbox of a database. @throws RangeError for a name that is none for a table, ConfigurationError for options that are none */
export function inbox(database: Database, options: InboxOptions = {}): Inbox {
  checkOptions<InboxOptions>("inbox", options, inboxRules);
  return new Inbox(database, options.table ?? "mdb_inbox");
}

/** What was done already, in the database in which it was done. May be used concurrently. */
export class Inbox {
  readonly #database: Database;
  readonly #table: string;

  /** Made by {@link inbox}. */
  constructor(database: Database, table: string) {
    checkName(table);
    this.#database = database;
    this.#table = table;
  }

  /** The statements that make its table. Nothing is sent. */
  ddl(): readonly string[] {
    return statementsOf(this.#database, inboxDdl(this.#database, this.#table));
  }

  /** Creates its table, where it is missing: also by several processes at once. Never called by the library itself. */
  createTables(): Promise<void> {
    return createMissing(this.#database, inboxDdl(this.#database, this.#table));
  }

  /**
   * Runs `work` in a transaction, unless this was done before; says whether it ran. Two at once: the second one waits for the first. Where the first has
   * done it, the second does not run on PostgreSQL and SQLite; elsewhere its transaction fails with `UniqueViolationError`.
   */
  async apply(tx: Transaction, source: string, id: string, work: () => Promise<unknown>): Promise<boolean> {
    const fresh = await this.remember(tx, source, [id]);
    if (!fresh.has(id)) return false;
    await work();
    return true;
  }

  /**
   * Writes into a transaction that these are done by it. Gives those that were not done before: the caller does these, in the same transaction. For several
   * at once, see {@link apply}; two who come at once are as there.
   */
  remember(tx: Transaction, source: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
    return remember(tx, { table: this.#table, source }, ids);
  }

  /**
   * Runs `work` once for a key, in a transaction of its own that keeps its answer: who comes again with the key gets that answer, and nothing is done. For
   * HTTP's `Idempotency-Key`, and for everything else that may be sent twice. What rejects keeps nothing, and may be tried again with the same key.
   * Everybody gets what JSON made of the answer, the first one too.
   * @param key - of any length; its digest is kept
   * @param work - gives what JSON can hold; `undefined` becomes `null`
   * @throws IdempotencyError where there is no key, somebody is at the same key for longer than `timeoutMs`, or it was used for another request
   * @throws ConfigurationError for options that are none
   */
  async once<R>(key: string, work: (tx: Transaction) => Promise<R>, options: OnceOptions = {}): Promise<R> {
    checkOptions<OnceOptions>("once", options, onceRules);
    if (typeof key !== "string" || key === "") throw new IdempotencyError("no key");
    const { request = null, timeoutMs = 10_000 } = options;
    const asked = digestOf(jsonOf("the request", request));
    const id = digestOf(key);
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const known = (await this.#answerOf(id, asked)) ?? (await this.#first(id, asked, work, deadline));
      if (known !== undefined) return JSON.parse(known);
      // Somebody was quicker; where he has failed meanwhile this call is the first again.
      if (performance.now() >= deadline) throw new IdempotencyError("in use");
    }
  }

  /** Gives the answer as text; `undefined` where somebody else was quicker. */
  async #first(
    id: string,
    asked: string,
    work: (tx: Transaction) => Promise<unknown>,
    deadline: number,
  ): Promise<string | undefined> {
    try {
      return await this.#database.transaction(
        async (tx) => {
          await this.#claim(tx, id, asked, Math.max(1, Math.ceil(deadline - performance.now())));
          const answer = jsonOf("the answer", (await work(tx)) ?? null);
          await tx.execute(
            sql`update ${sql.raw(this.#table)} set answer = ${answer} where source = ${onceSource} and id = ${id}`,
          );
          return answer;
        },
        { propagation: "requires_new" },
      );
    } catch (error) {
      if (error instanceof Taken) return undefined;
      throw error;
    }
  }

  /** Waits for whoever has written the same key and has not committed. */
  async #claim(tx: Transaction, id: string, asked: string, timeoutMs: number): Promise<void> {
    try {
      await tx.execute(
        sql`insert into ${sql.raw(this.#table)} (source, id, request, done_at) values (${onceSource}, ${id}, ${asked}, ${Date.now()})`,
        { timeoutMs },
      );
    } catch (error) {
      // Where the one who was waited for has failed, InnoDB closes a circle of those who have waited, and ends all of them but one.
      if (taken.some((it) => error instanceof it)) throw new Taken();
      if (error instanceof StatementTimeoutError || error instanceof LockTimeoutError)
        throw new IdempotencyError("in use");
      throw error;
    }
  }

  /** Beside a transaction that is running already: that may see only what was there when it began. */
  async #answerOf(id: string, asked: string): Promise<string | undefined> {
    const [row] = await this.#database.transaction(
      (executor) =>
        executor.query(
          `select request, answer from ${this.#table} where source = :source and id = :id`,
          { source: onceSource, id },
          { rowMode: "array" },
        ),
      { propagation: "not_supported" },
    );
    if (row === undefined) return undefined;
    if (row[0] !== asked) throw new IdempotencyError("other request");
    return String(row[1]);
  }

  /** Forgets what was done before a moment. Whoever comes with it again is new. Gives how much it was. */
  async forget(before: Date): Promise<number> {
    const { rowCount } = await this.#database.execute(
      sql`delete from ${sql.raw(this.#table)} where done_at < ${momentOf(before)}`,
    );
    return rowCount;
  }
}

const onceSource = "once";

/** What the first statement of a transaction fails with where somebody else was quicker; nothing but that statement is lost with it. */
const taken = [UniqueViolationError, DeadlockError, SerializationError] as const;

/** Somebody else was quicker. */
class Taken extends Error {}
