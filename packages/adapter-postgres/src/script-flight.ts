import type { ResultSet } from "@nsj/mdb-core";
import { copyFromRefused, copyToRefused } from "./faults.ts";
import { Flight, nothingAhead } from "./flight.ts";
import type { FlightSession } from "./flight-session.ts";
import type { NativeConnection, NativeField } from "./native.ts";
import { decodeRow, emptyShape, type RawRow, type Shape } from "./shapes.ts";
import { affectedBy } from "./tags.ts";

interface Part {
  shape: Shape;
  fields: readonly NativeField[];
  readonly rows: RawRow[];
  tag: string;
}

/** What a text of one or several statements gave. */
export interface ScriptOutcome {
  readonly result: ResultSet;
  /** The command tag of the last statement. */
  readonly tag: string;
}

/** Any text without parameters by the simple protocol: the only one that takes several statements at once. */
export class ScriptFlight extends Flight<ScriptOutcome> {
  protected readonly sql: string;
  readonly #session: FlightSession;
  readonly #parts: Part[] = [];
  readonly #onCompleted: ((tag: string) => void) | undefined;
  #open: Part | undefined;

  /** @param onCompleted - told of each statement that the server has run */
  constructor(session: FlightSession, text: string, onCompleted?: (tag: string) => void) {
    super(session.link, nothingAhead);
    this.#session = session;
    this.#onCompleted = onCompleted;
    this.sql = text;
  }

  protected write(connection: NativeConnection): void {
    connection.query(this.sql);
  }

  protected override described(fields: readonly NativeField[]): void {
    const part = this.#part();
    part.fields = fields;
    part.shape = this.#session.shapes.of(fields);
  }

  protected override row(row: RawRow): void {
    const { rows, shape } = this.#part();
    rows.push((shape.unknownOids.length === 0 ? decodeRow(row, shape) : row) as RawRow);
  }

  protected override completed(tag: string): void {
    this.#part().tag = tag;
    this.#onCompleted?.(tag);
    this.#open = undefined;
  }

  override handleCopyInResponse(connection: NativeConnection): void {
    this.failure = { error: copyFromRefused() };
    connection.sendCopyFail("not a bulk load");
  }

  override handleCopyData(): void {
    this.failure ??= { error: copyToRefused() };
  }

  protected outcome(): ScriptOutcome | Promise<ScriptOutcome> {
    for (const part of this.#parts) {
      if (part.shape.unknownOids.length > 0) return this.#learnTypes(part).then(() => this.outcome());
    }
    const isOwn = this.#onCompleted === undefined;
    const after: Promise<unknown>[] = [];
    for (const { tag } of this.#parts) {
      const needed = this.#session.after(tag, isOwn);
      if (needed !== undefined) after.push(needed);
    }
    return after.length === 0 ? this.#gather() : Promise.all(after).then(() => this.#gather());
  }

  async #learnTypes(part: Part): Promise<void> {
    await this.#session.learnTypes(part.shape.unknownOids);
    part.shape = this.#session.shapes.of(part.fields);
    for (const row of part.rows) decodeRow(row, part.shape);
  }

  #gather(): ScriptOutcome {
    let result: ResultSet | undefined;
    for (let index = this.#parts.length - 1; index >= 0; index--) {
      const { shape, rows, tag } = this.#parts[index] as Part;
      const set = { columns: shape.columns, rows, affected: affectedBy(tag) };
      result = result === undefined ? set : { ...set, next: result };
    }
    return {
      result: result ?? { columns: emptyShape.columns, rows: [], affected: null },
      tag: this.#parts.at(-1)?.tag ?? "",
    };
  }

  #part(): Part {
    if (this.#open === undefined) {
      this.#open = { shape: emptyShape, fields: [], rows: [], tag: "" };
      this.#parts.push(this.#open);
    }
    return this.#open;
  }
}
