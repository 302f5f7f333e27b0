import {
  type BeginOptions,
  type BulkTarget,
  type Call,
  type DriverConnection,
  DriverFault,
  type OperationContext,
  type ParameterValue,
  type ResetPlan,
  type ResultSet,
  type RowStream,
  type SessionContext,
  type Statement,
  watchExpiry,
} from "@nsj/mdb-core";
import { bulkLoad } from "./bulk.ts";
import { callProcedure } from "./call.ts";
import type { ContextKeys } from "./context.ts";
import { SocketStream } from "./cursor.ts";
import type { Link } from "./link.ts";
import type { SessionChanges } from "./session-changes.ts";
import type { Statements } from "./statements.ts";
import { Transactions } from "./transactions.ts";
import type { ParameterTypes } from "./values.ts";

/** One connection to a SQL Server: what core asks for, in the driver's terms. */
export class MssqlConnection implements DriverConnection {
  readonly #link: Link;
  readonly #types: ParameterTypes;
  readonly #statements: Statements;
  readonly #transactions: Transactions;
  readonly #changes: SessionChanges;
  readonly #context: ContextKeys;
  readonly #raw: unknown;

  constructor(
    link: Link,
    types: ParameterTypes,
    statements: Statements,
    changes: SessionChanges,
    context: ContextKeys,
    raw: unknown,
  ) {
    this.#link = link;
    this.#types = types;
    this.#statements = statements;
    this.#transactions = new Transactions(link);
    this.#changes = changes;
    this.#context = context;
    this.#raw = raw;
  }

  get usable(): boolean {
    return this.#link.alive;
  }

  get txStatus(): "idle" | "active" | "failed" | "unknown" {
    if (!this.#link.alive || !this.#transactions.open) return "idle";
    return this.#transactions.replaced ? "failed" : "active";
  }

  get dirty(): boolean {
    return this.#changes.dirty || this.#context.left;
  }

  set dirty(dirty: boolean) {
    this.#changes.dirty = dirty;
  }

  get onFatal(): ((error: unknown) => void) | null {
    return this.#link.onFatal;
  }

  set onFatal(listener: ((error: unknown) => void) | null) {
    this.#link.onFatal = listener;
  }

  async query(statement: Statement): Promise<ResultSet> {
    await this.#prepare();
    return this.#statements.run(statement);
  }

  async begin(options: BeginOptions): Promise<void> {
    await this.#context.put();
    await this.#transactions.begin(options);
  }

  commit(): Promise<void> {
    return this.#transactions.commit();
  }

  rollback(): Promise<void> {
    return this.#transactions.rollback();
  }

  savepoint(name: string): Promise<void> {
    return this.#transactions.savepoint(name);
  }

  rollbackTo(name: string): Promise<void> {
    return this.#transactions.rollbackTo(name);
  }

  stream(statement: Statement, { fetchSize }: OperationContext & { readonly fetchSize: number }): RowStream {
    return new SocketStream(this.#link, this.#statements, () => this.#prepare(), statement, fetchSize);
  }

  async bulkLoad(
    target: BulkTarget,
    batches: AsyncIterable<readonly (readonly ParameterValue[])[]>,
  ): Promise<{ readonly rows: number }> {
    await this.#prepare();
    return { rows: await bulkLoad(this.#link, this.#types, target, batches) };
  }

  async call(call: Call): Promise<ResultSet> {
    await this.#prepare();
    // What a procedure does inside is not known.
    this.#changes.sent("something");
    return callProcedure(this.#link, this.#types, call);
  }

  ping(context: OperationContext): Promise<void> {
    return this.#bounded(context, () => this.#link.request("SELECT 1", "execSqlBatch", () => {}));
  }

  async reset({ scope }: ResetPlan, context: OperationContext): Promise<"done" | "impossible"> {
    const impossible = scope === "session" && this.#changes.lasting;
    await this.#bounded(context, async () => {
      await this.#transactions.rollback();
      if (scope === "transaction" || impossible) return;
      // The bit that resets goes with the settings of a fresh connection: without them the server would fall back to its own, under
      // which "x" is a string.
      await this.#link.call((done) => this.#link.native.reset(done));
      this.#transactions.forgetLevel();
      this.#statements.forgetSettings();
      this.#context.forget();
    });
    return impossible ? "impossible" : "done";
  }

  setContext(context: SessionContext | undefined): void {
    this.#context.want(context);
  }

  cancel(context: OperationContext): Promise<void> {
    return this.#link.cancel(context);
  }

  close(context: OperationContext): Promise<void> {
    return this.#link.close(context);
  }

  destroy(reason?: unknown): void {
    this.#link.destroy(reason);
  }

  ref(): void {
    this.#link.native.socket?.ref?.();
  }

  unref(): void {
    this.#link.native.socket?.unref?.();
  }

  /**
   * A parent for mssql's own classes that is pinned to this one connection: `new mssql.Request(raw)`, `new mssql.Transaction(raw)`. One
   * thing at a time, and nothing left open when it goes back.
   */
  raw(): unknown {
    return this.#raw;
  }

  /** Brings the session to what the next statement needs. */
  async #prepare(): Promise<void> {
    await this.#context.put();
    await this.#transactions.restoreLevel();
  }

  /** A server that does not answer by the deadline loses the connection: its answer would come in the middle of something else. */
  async #bounded(context: OperationContext, work: () => Promise<void>): Promise<void> {
    const stop = watchExpiry(this.#link.clock, context, () =>
      this.#link.destroy(DriverFault.lost("the server did not answer in time", context.signal?.reason)),
    );
    try {
      await work();
    } finally {
      stop();
    }
  }
}
