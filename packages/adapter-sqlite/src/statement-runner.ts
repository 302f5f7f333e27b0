import {
  type Clock,
  type ColumnInfo,
  type MaybePromise,
  type OperationContext,
  type ResultSet,
  type Statement,
  StatementCache,
} from "@nsj/mdb-core";
import { isBusy } from "./errors.ts";
import { unsupported } from "./failure.ts";
import type { NativeDatabase } from "./native.ts";
import { refuseLate } from "./patience.ts";
import { PreparedStatement } from "./prepared-statement.ts";
import type { SchemaWatch } from "./schema-watch.ts";
import { runScript } from "./script-run.ts";
import type { SessionBaseline } from "./session-baseline.ts";
import { statementKind } from "./statement-kind.ts";
import type { DateStorage } from "./stored-dates.ts";
import type { TransactionState } from "./transaction-state.ts";
import { toNativeValues } from "./values.ts";

/** Longer texts are not kept prepared: each would take its own megabytes, and preparing it is little beside running it. */
const longestKeptText = 20_000;

/** One for all, because core keeps what it knows of columns by their identity. */
const noColumns: readonly ColumnInfo[] = Object.freeze([]);

/** What statements of one connection run on. */
export interface RunnerParts {
  readonly native: NativeDatabase;
  readonly watch: SchemaWatch;
  readonly transaction: TransactionState;
  readonly baseline: SessionBaseline;
  readonly clock: Clock;
  readonly dates: DateStorage;
}

/** Prepares the statements of one connection, keeps them by their text, and runs them. */
export class StatementRunner {
  readonly #native: NativeDatabase;
  readonly #watch: SchemaWatch;
  readonly #transaction: TransactionState;
  readonly #baseline: SessionBaseline;
  readonly #clock: Clock;
  readonly #dates: DateStorage;
  readonly #kept: StatementCache<PreparedStatement>;

  constructor({ native, watch, transaction, baseline, clock, dates }: RunnerParts, cacheSize: number) {
    this.#native = native;
    this.#watch = watch;
    this.#transaction = transaction;
    this.#baseline = baseline;
    this.#clock = clock;
    this.#dates = dates;
    this.#kept = new StatementCache(cacheSize);
  }

  /** Runs a statement, or several of them when there are no values, and gives all rows. */
  query(statement: Statement, context: OperationContext): MaybePromise<ResultSet> {
    refuseLate(context, this.#clock);
    const values = toNativeValues(statement.values, statement.hints, this.#dates);
    const prepared = this.prepare(statement.text);
    if (prepared === null) return this.#script(statement, context);
    return this.#execute(prepared, values, context);
  }

  /** A prepared statement for this text; `null` when it does not hold exactly one. */
  prepare(text: string): PreparedStatement | null {
    const kept = this.#kept.get(text);
    if (kept !== undefined) return kept;
    const kind = statementKind(text);
    // Before it is prepared, because a PRAGMA may take effect then.
    if (kind.session) this.#baseline.take();
    try {
      const prepared = new PreparedStatement(this.#native, text, kind);
      if (kind.reusable && text.length <= longestKeptText) this.#kept.set(text, prepared);
      return prepared;
    } catch (error) {
      if (error instanceof RangeError && error.message.startsWith("The supplied SQL string contains")) return null;
      throw error;
    }
  }

  /** Forgets what it keeps, with the connection. */
  clear(): void {
    this.#kept.clear();
  }

  #execute(
    prepared: PreparedStatement,
    values: readonly unknown[],
    context: OperationContext,
  ): MaybePromise<ResultSet> {
    // The path that nearly every query takes, so it has as little on it as possible.
    if (!prepared.writes && prepared.reader && this.#transaction.plain && !prepared.kind.schema) {
      try {
        return this.#read(prepared, values);
      } catch (error) {
        this.#transaction.refresh(false);
        if (!isBusy(error)) throw error;
      }
    }
    if (prepared.kind.schema) this.#baseline.touch();
    return this.#transaction.run(prepared, context, () =>
      prepared.reader ? this.#read(prepared, values) : this.#change(prepared, values),
    );
  }

  #read(prepared: PreparedStatement, values: readonly unknown[]): ResultSet {
    for (;;) {
      const rows = prepared.all(values);
      const shape = this.#watch.shapeOf(prepared, rows[0]);
      if (shape !== undefined) return { columns: shape.columns, rows: shape.canonical(rows), affected: rows.length };
    }
  }

  #change(prepared: PreparedStatement, values: readonly unknown[]): ResultSet {
    const changes = prepared.run(values);
    return { columns: noColumns, rows: [], affected: prepared.kind.counted ? changes : null };
  }

  #script(statement: Statement, context: OperationContext): Promise<ResultSet> {
    return runScript(statement, (text) => {
      refuseLate(context, this.#clock);
      const prepared = this.prepare(text);
      if (prepared === null) {
        throw unsupported("the statements of this text cannot be told apart; send them one by one");
      }
      return this.#execute(prepared, [], context);
    });
  }
}
