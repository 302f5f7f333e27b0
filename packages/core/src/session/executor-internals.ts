import type { MaybePromise, ResultSet, Statement } from "../driver/index.ts";
import type { Identifier } from "../sql/index.ts";
import type { BulkInsert } from "./bulk-insert.ts";
import type { DatabaseContext } from "./database-context.ts";
import type { Executor } from "./executor.ts";
import type { Text } from "./statement-arguments.ts";
import type { AnyStatementOptions, StatementOptions } from "./statement-options.ts";

export const internals: unique symbol = Symbol.for("@nsj/mdb/executor") as never;

/** What a statement that was not written by a caller is for, as events tell it: which table, and what it does there; or the library's own needs. */
export type Purpose = { readonly columns: { readonly table: Identifier }; readonly verb?: string } | "internal";

/** What the DAOs need of an executor beyond its public side. */
export interface ExecutorInternals {
  readonly context: DatabaseContext;
  /** Runs a compiled statement. @param from - for events: what it is for, or what its caller wrote */
  send(statement: Statement, options: StatementOptions, from?: Purpose | Text): MaybePromise<ResultSet>;
  /** Gives the rows of a compiled statement as they come. */
  stream(statement: Statement, options: AnyStatementOptions, from?: Purpose | Text): AsyncIterable<unknown>;
  /** Runs a statement that is nobody's: on a connection of its own, outside of every scope. @param limitMs - how long it may take in all */
  sendApart(statement: Statement, limitMs: number): Promise<ResultSet>;
  /**
   * Runs several statements so that all or none of them count. Inside of a transaction, `work` that fails after its first statement dooms that.
   * @param again - `work` may run again, where the transaction is one of its own and lost a deadlock or the like
   */
  atomically<R>(work: (executor: Executor) => Promise<R>, again?: boolean): Promise<R>;
  /** Loads rows in bulk, all or none. */
  bulkInsert(load: BulkInsert, options: StatementOptions): Promise<{ rowCount: number }>;
  /** Whether each statement commits by itself now. */
  commitsAlone(): boolean;
  /** Runs one statement that may be refused, so that the transaction around it, if there is one, goes on after that. */
  attempt<R>(work: (executor: Executor) => Promise<R>): Promise<R>;
}

/** The inner side of an executor of whichever copy of this package; `undefined` for anything else. */
export function internalsOf(executor: unknown): ExecutorInternals | undefined {
  if (typeof executor !== "object" || executor === null) return undefined;
  return (executor as { readonly [internals]?: ExecutorInternals })[internals];
}
