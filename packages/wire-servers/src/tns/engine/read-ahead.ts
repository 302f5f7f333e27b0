import type { BackingCursor, BackingRow } from "../../shared/backing-cursor.ts";
import type { PostgresSession } from "../../shared/postgres-session.ts";
import type { OracleColumn, OracleValue } from "../values/oracle-type.ts";
import type { RowSource } from "./engine.ts";
import { PulledRows } from "./pulled-rows.ts";
import type { RenderedText } from "./render.ts";
import { oracleValue, type ResultTypes } from "./result-columns.ts";

const savepoint = "wire_query";

/** Runs something on the session when nothing else does. */
export type Exclusive = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** The query of a session that is read while it goes on: its rows are pulled as they are asked for. */
export class ReadAhead {
  readonly #session: PostgresSession;
  readonly #types: ResultTypes;
  #open: PulledRows | undefined;

  constructor(session: PostgresSession, types: ResultTypes) {
    this.#session = session;
    this.#types = types;
  }

  /** Runs a query and reads its first rows. Must itself be called when nothing else runs; what it gives goes through `exclusive`. */
  async query({ text, values }: RenderedText, first: number, exclusive: Exclusive): Promise<RowSource> {
    const inTransaction = this.#session.status === "active";
    if (inTransaction) await this.#session.run(`SAVEPOINT ${savepoint}`);
    const cursor = this.#session.cursor(text, values);
    const pulled = new PulledRows(cursor, (count) => this.#pull(cursor, count, inTransaction));
    await pulled.more(Math.max(1, first));
    const columns = cursor.columns.map((column) => this.#types.column(column));
    if (!pulled.finished) this.#open = pulled;
    return this.#source(columns, pulled, exclusive);
  }

  /** The session can do nothing else while a query is open: takes the rest of its rows into memory. */
  async settle(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.all();
  }

  #source(columns: readonly OracleColumn[], pulled: PulledRows, exclusive: Exclusive): RowSource {
    return {
      columns,
      read: (count) =>
        exclusive(async () => {
          await pulled.more(count);
          const rows = pulled.take(count).map((row) => valuesOf(columns, row));
          if (pulled.finished && this.#open === pulled) this.#open = undefined;
          return { rows, done: pulled.finished && pulled.left === 0 };
        }),
      close: () =>
        exclusive(async () => {
          if (this.#open !== pulled) return;
          this.#open = undefined;
          await pulled.close();
        }),
    };
  }

  async #pull(cursor: BackingCursor, count: number, inTransaction: boolean): Promise<BackingRow[]> {
    try {
      const rows = count < 0 ? [] : await cursor.read(count);
      if (count < 0) await cursor.close();
      if (cursor.finished && inTransaction) await this.#session.run(`RELEASE SAVEPOINT ${savepoint}`);
      return rows;
    } catch (error) {
      if (inTransaction && this.#session.status === "failed") {
        await this.#session.undo(`ROLLBACK TO SAVEPOINT ${savepoint}; RELEASE SAVEPOINT ${savepoint}`);
      }
      throw error;
    }
  }
}

/** A row as Oracle's values. */
export function valuesOf(columns: readonly OracleColumn[], row: BackingRow): OracleValue[] {
  return columns.map((column, index) => oracleValue(column.type, row[index] ?? null));
}
