import {
  type Database,
  type Executor,
  type PinnedConnection,
  type Transaction,
  type TransactionOptions,
  TransactionStateError,
} from "@nsj/mdb-core";
import {
  type CompiledQuery,
  type DatabaseConnection,
  DeleteQueryNode,
  InsertQueryNode,
  MergeQueryNode,
  type QueryResult,
  RawNode,
  UpdateQueryNode,
} from "kysely";
import { HeldCallback } from "./held-callback.ts";

interface Abortable {
  readonly signal?: AbortSignal | undefined;
}

/** A transaction, or a savepoint in it, that is open. */
interface Open {
  /** A savepoint's, as Kysely calls it. */
  readonly name?: string;
  readonly held: HeldCallback<Transaction>;
}

/** Core's door for bridges: from the calling tick on, its async chain is inside the transaction. */
const enter: unique symbol = Symbol.for("@nsj/mdb/enter") as never;

/**
 * What Kysely holds while it runs one query, one transaction, or the callback of `connection()`: nothing until it sends something; then the
 * transaction that the calling code is in, else a connection of its own, so that session state and locks are where the next query looks for them.
 */
export class MdbConnection implements DatabaseConnection {
  readonly #database: Database;
  readonly #open: Open[] = [];
  #pinned: HeldCallback<PinnedConnection> | undefined;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Begins a transaction, or joins the one that the calling code is in, and enters it in the same tick.
   * @throws TransactionStateError where that cannot be: a label of tenants has to be resolved first
   */
  begin(options: TransactionOptions): Promise<void> {
    const on = this.#pinned?.handle ?? this.#database;
    const held = new HeldCallback<Transaction>((work) => on.transaction(work, options));
    this.#open.push({ held });
    // Kysely runs one thing of a connection at a time, so the callback has the turn at once, unless the database has to be found first.
    const transaction = held.handle as (Transaction & { [enter](): void }) | undefined;
    if (transaction === undefined) return this.#refuseLate(held);
    transaction[enter]();
    return held.opened;
  }

  /** What begins in a later tick cannot be entered: statements of the callback would pass the transaction by. */
  async #refuseLate(held: HeldCallback<Transaction>): Promise<void> {
    await held.opened;
    this.#open.pop();
    await held.undo();
    const advice = "begin it with the database's own transaction(); Kysely's queries in its callback join it";
    throw this.#state(`Kysely's transaction() cannot begin on a label that stands for many databases: ${advice}`);
  }

  /** Commits what is open, savepoints included. Resolved means committed. */
  async commit(): Promise<void> {
    for (let open = this.#open.pop(); open !== undefined; open = this.#open.pop()) await open.held.keep();
  }

  /** Undoes what is open; where its commit has failed, nothing is left to undo. */
  async rollback(): Promise<void> {
    for (let open = this.#open.pop(); open !== undefined; open = this.#open.pop()) await open.held.undo();
  }

  async savepoint(name: string): Promise<void> {
    const outer = this.#open.at(-1)?.held.handle;
    if (outer === undefined) throw this.#state("a savepoint needs a transaction, and none is open");
    const held = new HeldCallback<Transaction>((work) => outer.transaction(work, { propagation: "nested" }));
    await held.opened;
    this.#open.push({ name, held });
  }

  /** Undoes what was done since the savepoint, which stays, as in SQL. */
  async rollbackToSavepoint(name: string): Promise<void> {
    for (const held of this.#since(name)) await held.undo();
    await this.savepoint(name);
  }

  async releaseSavepoint(name: string): Promise<void> {
    for (const held of this.#since(name)) await held.keep();
  }

  /** Gives back what was taken. */
  async release(): Promise<void> {
    await this.rollback();
    const pinned = this.#pinned;
    this.#pinned = undefined;
    await pinned?.keep();
  }

  async executeQuery<R>(query: CompiledQuery, { signal }: Abortable = {}): Promise<QueryResult<R>> {
    const executor = await this.#executor();
    const { rows, rowCount, columns, generatedKey } = await executor.execute<R>(query.sql, query.parameters, {
      signal,
    });
    return {
      rows,
      ...(writes(query, columns.length) && { numAffectedRows: BigInt(rowCount) }),
      ...(generatedKey !== undefined && { insertId: BigInt(generatedKey) }),
    };
  }

  async *streamQuery<R>(
    query: CompiledQuery,
    chunkSize: number,
    { signal }: Abortable = {},
  ): AsyncIterableIterator<QueryResult<R>> {
    const executor = await this.#executor();
    let rows: R[] = [];
    for await (const row of executor.stream<R>(query.sql, query.parameters, { fetchSize: chunkSize, signal })) {
      if (rows.push(row) < chunkSize) continue;
      yield { rows };
      rows = [];
    }
    if (rows.length > 0) yield { rows };
  }

  /** Nothing to do: the signal that a query is given stops it on the server by itself. */
  async cancelQuery(): Promise<void> {}

  async #executor(): Promise<Executor> {
    const open = this.#open.at(-1)?.held.handle;
    if (open !== undefined) return open;
    if (this.#pinned === undefined && this.#database.inTransaction) return this.#database;
    this.#pinned ??= new HeldCallback((work) => this.#database.withConnection(work, { reset: "auto" }));
    await this.#pinned.opened;
    return this.#pinned.handle ?? this.#database;
  }

  /** The savepoint of that name and those inside it, the innermost first; they are no longer open. */
  #since(name: string): HeldCallback<Transaction>[] {
    const at = this.#open.findLastIndex((open) => open.name === name);
    if (at === -1) throw this.#state(`no savepoint "${name}" is open`);
    const since = this.#open.splice(at).reverse();
    return since.map(({ held }) => held);
  }

  #state(what: string): TransactionStateError {
    const { label, engine } = this.#database;
    return new TransactionStateError(`"${label}" (${engine}): ${what}`, { database: label, engine });
  }
}

/** Whether a query's count is of rows that it wrote. Kysely does not know what raw text does; without columns it reads nothing. */
function writes({ query }: CompiledQuery, columns: number): boolean {
  const known = DeleteQueryNode.is(query) || InsertQueryNode.is(query) || MergeQueryNode.is(query);
  return known || UpdateQueryNode.is(query) || (RawNode.is(query) && columns === 0);
}
