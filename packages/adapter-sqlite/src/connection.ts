import type {
  BeginOptions,
  BulkTarget,
  Clock,
  DriverConnection,
  ExecuteManyResult,
  MaybePromise,
  OperationContext,
  ParameterValue,
  ResetPlan,
  ResultSet,
  RowStream,
  Statement,
} from "@nsj/mdb-core";
import { loadRows } from "./bulk.ts";
import { executeMany } from "./execute-many.ts";
import { connectionClosed, unsupported } from "./failure.ts";
import type { FileState } from "./file-state.ts";
import type { NativeDatabase } from "./native.ts";
import type { OpenedFile } from "./opened-file.ts";
import { refuseLate } from "./patience.ts";
import { type RowStreamOptions, SqliteRowStream } from "./row-stream.ts";
import { SchemaWatch } from "./schema-watch.ts";
import { SessionBaseline } from "./session-baseline.ts";
import { StatementRunner } from "./statement-runner.ts";
import type { DateStorage } from "./stored-dates.ts";
import { TransactionState } from "./transaction-state.ts";
import { toNativeValues } from "./values.ts";

/** What a connection is made of. */
export interface ConnectionParts {
  readonly native: NativeDatabase;
  /** Shared with the other connections of this process to the same file; absent for a private database. */
  readonly file: FileState | undefined;
  readonly opened: OpenedFile | undefined;
  /** Open for reading only. */
  readonly readonly: boolean;
  readonly statementCacheSize: number;
  readonly busyTimeoutMs: number;
  readonly dates: DateStorage;
  readonly clock: Clock;
  /** Called once, when the database has been closed. */
  readonly onClosed: () => void;
}

/** One open database. The engine runs on the calling thread; only waiting for locks takes time without taking the thread. */
export class SqliteConnection implements DriverConnection {
  onFatal: ((error: unknown) => void) | null = null;
  /**
   * Absent for a private database: its one connection would be away for as long as somebody loops over the rows, and whoever uses it
   * inside that loop would wait for himself. There core fetches the rows at once, and gives the connection back.
   */
  readonly stream?: NonNullable<DriverConnection["stream"]>;
  readonly #native: NativeDatabase;
  readonly #opened: OpenedFile | undefined;
  readonly #clock: Clock;
  readonly #dates: DateStorage;
  readonly #watch: SchemaWatch;
  readonly #transaction: TransactionState;
  readonly #statements: StatementRunner;
  readonly #baseline: SessionBaseline;
  readonly #onClosed: () => void;
  #usable = true;
  #stream: SqliteRowStream | undefined;

  constructor(parts: ConnectionParts) {
    const { native, file, opened, clock, dates } = parts;
    this.#native = native;
    this.#opened = opened;
    this.#clock = clock;
    this.#dates = dates;
    this.#watch = new SchemaWatch(native, file, clock, dates);
    this.#transaction = new TransactionState(native, this.#watch, { ...parts, writers: file?.writers });
    this.#baseline = new SessionBaseline(native);
    const { statementCacheSize } = parts;
    const state = {
      native,
      watch: this.#watch,
      transaction: this.#transaction,
      baseline: this.#baseline,
      clock,
      dates,
    };
    this.#statements = new StatementRunner(state, statementCacheSize);
    this.#onClosed = parts.onClosed;
    if (file !== undefined) this.stream = (statement, options) => this.#openStream(statement, options);
  }

  get usable(): boolean {
    return this.#usable && this.#opened?.isMoved !== true;
  }

  get dirty(): boolean {
    return this.#usable && this.#baseline.differs;
  }

  set dirty(dirty: boolean) {
    if (!dirty) this.#baseline.accept();
  }

  get txStatus(): "idle" | "active" {
    return this.#transaction.active ? "active" : "idle";
  }

  query(statement: Statement, context: OperationContext): MaybePromise<ResultSet> {
    this.#mustBeOpen();
    return this.#statements.query(statement, context);
  }

  begin(options: BeginOptions): void {
    this.#mustBeOpen();
    this.#transaction.begin(options);
  }

  commit(): MaybePromise<void> {
    this.#mustBeOpen();
    return this.#transaction.commit();
  }

  rollback(): void {
    this.#stream?.stop();
    this.#transaction.rollback();
  }

  savepoint(name: string): void {
    this.#transaction.savepoint(name);
  }

  rollbackTo(name: string): void {
    this.#transaction.rollbackTo(name);
  }

  releaseSavepoint(name: string): void {
    this.#transaction.release(name);
  }

  executeMany(
    text: string,
    parameterSets: Iterable<readonly ParameterValue[]>,
    context: OperationContext,
    hints?: Statement["hints"],
  ): Promise<ExecuteManyResult> {
    const rest = hints === undefined ? { text } : { text, hints };
    return executeMany(parameterSets, context, this.#clock, (values) => this.query({ ...rest, values }, context));
  }

  bulkLoad(
    target: BulkTarget,
    batches: AsyncIterable<readonly (readonly ParameterValue[])[]>,
    context: OperationContext,
  ): Promise<{ readonly rows: number }> {
    return loadRows(this, target, batches, context, this.#transaction.patience(context));
  }

  reset({ scope }: ResetPlan): "done" {
    this.#mustBeOpen();
    this.rollback();
    if (scope === "session" && this.#baseline.restore()) this.#watch.changed(false);
    return "done";
  }

  async close(): Promise<void> {
    this.destroy();
  }

  destroy(reason?: unknown): void {
    if (!this.#usable) return;
    this.#usable = false;
    try {
      this.#stream?.stop();
      this.#native.close();
    } catch {
      // Only an iterator that somebody has opened on the raw database can be in the way; the handle goes when that is collected.
    }
    this.#statements.clear();
    this.#transaction.stop(reason);
    this.#onClosed();
  }

  raw(): unknown {
    this.#baseline.take();
    this.#watch.distrust();
    this.#transaction.distrust();
    return this.#native;
  }

  #openStream(statement: Statement, options: RowStreamOptions): RowStream {
    const stream: SqliteRowStream = new SqliteRowStream(options, this.#clock, {
      open: () => {
        this.#mustBeOpen();
        refuseLate(options, this.#clock);
        const prepared = this.#statements.prepare(statement.text);
        if (prepared === null) throw unsupported("a stream takes one statement");
        this.#stream = stream;
        return { prepared, values: toNativeValues(statement.values, statement.hints, this.#dates) };
      },
      run: (prepared, work) => this.#transaction.run(prepared, options, work),
      shapeOf: (prepared, row) => this.#watch.shapeOf(prepared, row),
      failed: () => this.#transaction.refresh(false),
      closed: () => {
        this.#stream = undefined;
      },
    });
    return stream;
  }

  #mustBeOpen(): void {
    if (!this.#usable) throw connectionClosed();
  }
}
