import type {
  BeginOptions,
  BulkTarget,
  Call,
  ConnectionTarget,
  DriverConnection,
  ExecuteManyResult,
  OperationContext,
  ParameterHint,
  ParameterValue,
  ResetPlan,
  ResultSet,
  RowStream,
  SessionContext,
  Statement,
} from "@nsj/mdb-core";
import { type BulkLoad, startBulkLoad } from "./bulk.ts";
import { callProcedure, checkProcedureName } from "./call.ts";
import { OracleCursor } from "./cursor.ts";
import { dialect, quoteName } from "./dialect.ts";
import { refusal, transactionGone } from "./faults.ts";
import { executeOptions, type Link } from "./link.ts";
import { executeMany } from "./many.ts";
import type { NativeResult } from "./native.ts";
import { readAll } from "./results.ts";
import { outputFor, rowsOf } from "./returning.ts";
import { type KeptTables, SessionChanges } from "./session-changes.ts";
import { statementKind } from "./statement-kind.ts";
import { transactionMode } from "./transaction-mode.ts";
import { TransactionState } from "./transaction-state.ts";
import { endedBy } from "./transaction-text.ts";
import { toBind } from "./values.ts";

/** What a connection keeps of its connector's settings. */
export interface ConnectionSettings {
  readonly fetchArraySize: number;
  /** Puts the session back to what it was set to after the login. */
  readonly resetBlock: string;
  /** Known to all connections of the connector. */
  readonly keptTables: KeptTables;
  /** Where the login has led to. */
  readonly target: ConnectionTarget;
}

/** How core asks for rows in batches. */
type CursorOptions = Parameters<NonNullable<DriverConnection["stream"]>>[1];

/** The savepoint that lets a bulk load undo itself. */
const bulkSavepoint = "MDB_BULK_LOAD";

/** One connection to an Oracle database. */
export class OracleConnection implements DriverConnection {
  readonly target: ConnectionTarget;
  readonly #link: Link;
  readonly #settings: ConnectionSettings;
  readonly #transaction = new TransactionState();
  readonly #changes: SessionChanges;
  #bulkLoad: BulkLoad | undefined;

  constructor(link: Link, settings: ConnectionSettings) {
    this.#link = link;
    this.#settings = settings;
    this.target = settings.target;
    this.#changes = new SessionChanges(settings.keptTables);
  }

  get usable(): boolean {
    return this.#link.alive;
  }

  get txStatus(): "idle" | "active" {
    return this.#transaction.status(this.#inProgress);
  }

  get dirty(): boolean {
    return this.#changes.changed;
  }

  set dirty(dirty: boolean) {
    if (dirty) this.#changes.changed = true;
    else this.#changes.clear();
  }

  get onFatal(): ((error: unknown) => void) | null {
    return this.#link.onFatal;
  }

  set onFatal(listener: ((error: unknown) => void) | null) {
    this.#link.onFatal = listener;
  }

  async query(statement: Statement): Promise<ResultSet> {
    const { text, returning } = statement;
    this.#changes.note(text);
    const { fetchArraySize } = this.#settings;
    const rows = { prefetch: fetchArraySize + 1, fetch: fetchArraySize };
    const result = await this.#execute(statement, rows);
    const ending = endedBy(text);
    if (ending !== undefined) this.#transaction.endedByText(ending);
    if (result.resultSet !== undefined) {
      const { resultSet } = result;
      // The driver reads rows that it has already without asking the server, and the rest in round trips of its own.
      return this.#call(text, () => readAll(resultSet, fetchArraySize));
    }
    const affected = statementKind(text) === "change" ? (result.rowsAffected ?? 0) : null;
    if (returning !== undefined) return this.#call(text, () => rowsOf(returning, result.outBinds ?? [], affected));
    return { columns: [], rows: [], affected };
  }

  async begin(options: BeginOptions): Promise<void> {
    const mode = transactionMode(options);
    this.#transaction.begin();
    if (mode === undefined) return;
    try {
      await this.#run(`SET TRANSACTION ${mode}`);
    } catch (error) {
      this.#transaction.end();
      throw error;
    }
  }

  commit(): void | Promise<void> {
    if (this.#transaction.begun && this.#transaction.unused) return this.#transaction.end();
    return this.#commit();
  }

  async #commit(): Promise<void> {
    const { ended } = this.#transaction;
    if (ended !== undefined) {
      await this.#rollback();
      this.#transaction.end();
      throw transactionGone(ended);
    }
    try {
      await this.#link.call("COMMIT", () => this.#link.connection.commit());
    } finally {
      if (!this.#inProgress) this.#transaction.end();
    }
  }

  rollback(): void | Promise<void> {
    const nothingToDo = this.#transaction.begun ? this.#transaction.unused : !this.#inProgress;
    if (nothingToDo) return this.#transaction.end();
    return this.#rollback();
  }

  async #rollback(): Promise<void> {
    try {
      if (!this.#inProgress && this.#transaction.ended !== undefined) return;
      await this.#link.call("ROLLBACK", () => this.#link.connection.rollback());
    } finally {
      if (!this.#inProgress) this.#transaction.end();
    }
  }

  async savepoint(name: string): Promise<void> {
    await this.#run(`SAVEPOINT ${quoteName([name])}`);
  }

  async rollbackTo(name: string): Promise<void> {
    await this.#run(`ROLLBACK TO SAVEPOINT ${quoteName([name])}`);
    this.#transaction.rolledBackTo(this.#inProgress);
  }

  stream(statement: Statement, { fetchSize }: CursorOptions): RowStream {
    this.#changes.note(statement.text);
    const host = {
      open: async (it: Statement, size: number) => (await this.#execute(it, { prefetch: size, fetch: size })).resultSet,
      call: <Result>(work: () => Promise<Result>) => this.#call(statement.text, work),
    };
    return new OracleCursor(host, statement, fetchSize);
  }

  async executeMany(
    text: string,
    parameterSets: Iterable<readonly ParameterValue[]>,
    _context: OperationContext,
    hints?: readonly (ParameterHint | undefined)[],
  ): Promise<ExecuteManyResult> {
    this.#changes.note(text);
    try {
      return { affected: await executeMany(this.#link, text, parameterSets, hints) };
    } finally {
      this.#transaction.called(this.#inProgress);
    }
  }

  async bulkLoad(
    target: BulkTarget,
    batches: AsyncIterable<readonly (readonly ParameterValue[])[]>,
  ): Promise<{ readonly rows: number }> {
    const alone = this.txStatus === "idle";
    if (!alone) await this.#run(`SAVEPOINT ${bulkSavepoint}`);
    const load = startBulkLoad(this.#link, target, batches);
    this.#bulkLoad = load;
    try {
      const rows = await load.rows;
      this.#transaction.called(this.#inProgress);
      if (alone) await this.#link.call("COMMIT", () => this.#link.connection.commit());
      return { rows };
    } catch (error) {
      this.#transaction.called(this.#inProgress);
      if (this.usable) await this.#undoBulkLoad(alone);
      throw error;
    } finally {
      this.#bulkLoad = undefined;
    }
  }

  async #undoBulkLoad(alone: boolean): Promise<void> {
    try {
      if (alone) await this.#link.connection.rollback();
      else await this.#run(`ROLLBACK TO SAVEPOINT ${bulkSavepoint}`);
    } catch (error) {
      // What is left of the load must not be committed by whoever gets the connection next.
      this.#link.destroy(error);
    }
  }

  async call(call: Call): Promise<ResultSet> {
    checkProcedureName(call.procedure);
    this.#changes.note(call.procedure.join("."));
    const alone = this.txStatus === "idle" && !this.#transaction.begun;
    try {
      const result = await callProcedure(this.#link, call);
      // Not in the call itself: its cursors may read what a commit takes away, such as rows of temporary tables.
      if (!this.#transaction.begun && this.#inProgress)
        await this.#link.call("COMMIT", () => this.#link.connection.commit());
      return result;
    } catch (error) {
      if (alone && this.usable && this.#inProgress) await this.#undoCall();
      throw error;
    } finally {
      this.#transaction.called(this.#inProgress);
    }
  }

  /** What a call has changed whose results could not be read must not be committed by whoever gets the connection next. */
  async #undoCall(): Promise<void> {
    try {
      await this.#link.connection.rollback();
    } catch (error) {
      this.#link.destroy(error);
    }
  }

  ping(context: OperationContext): Promise<void> {
    return this.#link.within(context, () => this.#link.call("PING", () => this.#link.connection.ping()));
  }

  async reset({ scope }: ResetPlan, context: OperationContext): Promise<"done" | "impossible"> {
    const impossible = scope === "session" && this.#changes.lasting;
    await this.#link.within(context, async () => {
      await this.rollback();
      if (scope === "session" && !impossible) await this.#reset();
    });
    return impossible ? "impossible" : "done";
  }

  setContext(context: SessionContext | undefined): void {
    this.#link.context.hold(context);
  }

  async cancel(context: OperationContext): Promise<void> {
    this.#bulkLoad?.giveUp();
    await this.#link.interrupt(context);
  }

  async close(context: OperationContext): Promise<void> {
    await this.#link.close(context);
  }

  destroy(reason?: unknown): void {
    this.#link.destroy(reason);
  }

  ref(): void {
    this.#link.ref();
  }

  unref(): void {
    this.#link.unref();
  }

  /**
   * oracledb's own `Connection`. DATE and TIMESTAMP come as text through it.
   * @throws DriverFault in the context of a schema: the driver would take the cursors of the same texts in other schemas
   */
  raw(): unknown {
    if (this.#link.context.hasSchema) {
      const words =
        "the driver's own connection is not to be had where the schema is that of a context; name the schema in its texts";
      throw refusal("unsupported", words);
    }
    this.#link.context.apply();
    return this.#link.connection;
  }

  get #inProgress(): boolean {
    return this.#link.alive && this.#link.connection.transactionInProgress;
  }

  async #execute(
    statement: Statement,
    rows: { readonly prefetch: number; readonly fetch: number },
  ): Promise<NativeResult> {
    const { text, values, hints, returning = [] } = statement;
    const count = values.length + returning.length;
    if (count > dialect.maxParameters)
      throw refusal("parameter", `${count} parameters are more than the ${dialect.maxParameters} of one statement`);
    const binds = [...values.map((value, index) => toBind(value, hints?.[index])), ...returning.map(outputFor)];
    // A query may lock rows, which a commit beside it would give up before they are read.
    const autoCommit = !this.#transaction.begun && statementKind(text) !== "query";
    const sent = this.#link.context.sent(text);
    return this.#call(text, () => this.#link.connection.execute(sent, binds, executeOptions(autoCommit, rows)));
  }

  async #reset(): Promise<void> {
    const { resetBlock: text } = this.#settings;
    const options = executeOptions(false, { prefetch: 2, fetch: 1 });
    await this.#link.call(text, () => this.#link.connection.execute(text, [], options));
    this.#link.context.failed();
  }

  async #run(text: string): Promise<void> {
    await this.#execute({ text, values: [] }, { prefetch: 2, fetch: 1 });
  }

  /** Runs a call of the driver, and takes note of what the server says about the transaction. */
  async #call<Result>(text: string, work: () => Promise<Result>): Promise<Result> {
    try {
      return await this.#link.run(text, work);
    } finally {
      this.#transaction.called(this.#inProgress);
    }
  }
}
