import type { ResultSet } from "@nsj/mdb-core";
import { Flight } from "./flight.ts";
import type { Link } from "./link.ts";
import type { PacketReader } from "./packet-reader.ts";
import type { PacketWriter } from "./packet-writer.ts";
import { readTextRow } from "./row-readers.ts";
import { emptyShape, type Shape, ShapeReader } from "./shapes.ts";
import { readOk, statusFlags } from "./status.ts";

/** One of the results of a command. */
export interface Answer {
  readonly shape: Shape;
  readonly rows: unknown[][];
  readonly affected: number;
  readonly generatedKey: number | bigint;
  /** Its one row are the output parameters of a CALL. */
  readonly isOutput: boolean;
}

/** What a result is read with. */
export interface ReadingOptions {
  /** The protocol of prepared statements, not the text protocol. */
  readonly isBinary: boolean;
  readonly shapes?: ShapeReader | undefined;
  readonly tinyint1IsBoolean: boolean;
}

const endOfRows = 0xfe;
const longestEnd = 9;

/**
 * A command that is answered by results: of rows, or of a number of them.
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response.html
 */
export class ResultFlight extends Flight<readonly Answer[]> {
  readonly #command: PacketWriter;
  readonly #options: ReadingOptions;
  readonly #answers: Answer[] = [];
  readonly #isBinary: boolean;
  readonly #shapes: ShapeReader;
  #expects: "header" | "columns" | "end of columns" | "rows" = "header";
  #shape: Shape = emptyShape;
  #rows: unknown[][] = [];
  #isOutput = false;

  constructor(link: Link, command: PacketWriter, options: ReadingOptions) {
    super(link);
    this.#command = command;
    this.#options = options;
    this.#isBinary = options.isBinary;
    this.#shapes = options.shapes ?? new ShapeReader();
  }

  protected command(): PacketWriter {
    return this.#command;
  }

  protected received(reader: PacketReader): boolean {
    switch (this.#expects) {
      case "header":
        return this.#header(reader);
      case "columns":
        if (this.#shapes.add(reader, this.link.extendedMetadata, this.#options.tinyint1IsBoolean)) {
          this.#expects = "end of columns";
        }
        return false;
      case "end of columns":
        this.#isOutput = (statusOfEnd(reader) & statusFlags.outParameters) !== 0;
        this.#shape = this.#shapes.finish();
        this.#expects = "rows";
        this.described(this.#shape);
        return false;
      default:
        return this.#row(reader);
    }
  }

  #header(reader: PacketReader): boolean {
    const first = reader.buffer[reader.at];
    if (first === 0) {
      const { affected, generatedKey, status, changes } = readOk(reader);
      this.link.onStatus?.(status, changes);
      this.#answers.push({ shape: emptyShape, rows: [], affected, generatedKey, isOutput: false });
      return (status & statusFlags.moreResults) === 0;
    }
    if (this.refuseFile(reader)) return false;
    this.#shapes.begin(reader.length());
    this.#expects = "columns";
    this.#rows = [];
    return false;
  }

  #row(reader: PacketReader): boolean {
    if (reader.buffer[reader.at] === endOfRows && reader.end - reader.at < longestEnd) {
      const status = statusOfEnd(reader);
      this.link.onStatus?.(status, undefined);
      const rows = this.#rows;
      this.#answers.push({
        shape: this.#shape,
        rows,
        affected: rows.length,
        generatedKey: 0,
        isOutput: this.#isOutput,
      });
      this.#expects = "header";
      // The end of the procedure follows its output parameters, which MySQL says ahead of them only.
      return !this.#isOutput && (status & statusFlags.moreResults) === 0;
    }
    if (this.failure !== undefined) return false;
    try {
      const shape = this.#shape;
      this.row(this.#isBinary ? shape.rows.read(reader) : readTextRow(reader, shape.columns));
    } catch (error) {
      this.failure = { error };
    }
    return false;
  }

  /** The columns of a result are known. */
  protected described(_shape: Shape): void {}

  protected row(row: unknown[]): void {
    this.#rows.push(row);
  }

  protected outcome(): readonly Answer[] {
    return this.#answers;
  }
}

function statusOfEnd(reader: PacketReader): number {
  return reader.buffer.readUInt16LE(reader.at + 3);
}

/** The results of a statement, as core wants them. A procedure ends with an answer without rows, which is no result of its own. */
export function resultOf(answers: readonly Answer[]): ResultSet {
  if (answers.length === 1) return oneOf(answers[0] as Answer);
  const results = answers.length > 1 && answers.at(-1)?.shape === emptyShape ? answers.slice(0, -1) : answers;
  let result: ResultSet | undefined;
  for (const answer of [...results].reverse()) {
    const one = oneOf(answer);
    result = result === undefined ? one : { ...one, next: result };
  }
  return result ?? { columns: [], rows: [], affected: 0 };
}

function oneOf({ shape, rows, affected, generatedKey }: Answer): ResultSet {
  const columns = shape.infos;
  return generatedKey === 0 ? { columns, rows, affected } : { columns, rows, affected, generatedKey };
}
