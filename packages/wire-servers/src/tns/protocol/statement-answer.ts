import type { Outcome, OutValue, RowSource } from "../engine/engine.ts";
import type { OracleType, OracleValue } from "../values/oracle-type.ts";
import { writeCallEnd } from "./call-answer.ts";
import { messageType } from "./codes.ts";
import type { Cursor } from "./cursor.ts";
import type { LobStore } from "./lob-store.ts";
import {
  writeColumns,
  writeDescribe,
  writeFetched,
  writeIoVector,
  writeReturned,
  writeRowHeader,
} from "./result-answer.ts";
import { TtcWriter } from "./ttc-writer.ts";

const noDataFound = 1403;

/** What the answers of one session share. */
export interface AnswerContext {
  readonly lobs: LobStore;
  readonly transactionInProgress: boolean;
  /** Opens a cursor for rows that a block returned, and gives its number. */
  adopt(source: RowSource): number;
}

/** The rows of a cursor, at most so many, and the end of the call. */
export async function rowsAnswer(
  context: AnswerContext,
  cursor: Cursor,
  count: number,
  describe: boolean,
): Promise<TtcWriter> {
  const writer = new TtcWriter(1024);
  const { source } = cursor;
  if (source === undefined) throw new RangeError("the client fetches from a cursor that gives no rows");
  if (describe) writeDescribe(writer, source.columns);
  const wanted = cursor.needsDefine ? 0 : count;
  let done = false;
  if (wanted > 0) {
    const portion = await source.read(wanted);
    done = portion.done;
    writeRowHeader(writer, source.columns.length, wanted);
    const lob = (type: OracleType, value: string | Buffer) => context.lobs.refer(type, value);
    const types = source.columns.map((column, index) => cursor.sentType(column, index));
    for (const row of portion.rows) {
      writer.u8(messageType.rowData);
      for (const [index, type] of types.entries()) writeFetched(writer, type, row[index] ?? null, lob);
    }
    cursor.sent += portion.rows.length;
  }
  return writeCallEnd(writer, {
    transactionInProgress: context.transactionInProgress,
    cursorId: cursor.id,
    rowCount: cursor.sent,
    ...(done ? { errorNumber: noDataFound, errorMessage: "ORA-01403: no data found" } : {}),
  });
}

/** What a statement that gives no rows gave. */
export function outcomeAnswer(context: AnswerContext, cursor: Cursor, outcome: Outcome): TtcWriter {
  const writer = new TtcWriter();
  if (outcome.out !== undefined) writeOutValues(context, writer, cursor, outcome.out);
  if (outcome.returned !== undefined) writeReturnedRows(context, writer, cursor, outcome.returned);
  if (outcome.implicitResults !== undefined) {
    writer.u8(messageType.implicitResultSet).integer(outcome.implicitResults.length);
    for (const source of outcome.implicitResults) {
      writer.u8(0);
      writeColumns(writer, source.columns);
      writer.integer(context.adopt(source));
    }
  }
  return writeCallEnd(writer, {
    transactionInProgress: context.transactionInProgress,
    cursorId: cursor.id,
    rowCount: outcome.rowCount,
    batchErrors: (outcome.batchErrors ?? []).map(({ index, error }) => ({
      index,
      number: error.number,
      message: error.message,
    })),
  });
}

function writeOutValues(
  context: AnswerContext,
  writer: TtcWriter,
  cursor: Cursor,
  { directions, values }: NonNullable<Outcome["out"]>,
): void {
  writeIoVector(writer, directions);
  if (directions.every((direction) => direction === "in")) return;
  for (const row of values) {
    writer.u8(messageType.rowData);
    for (const [index, direction] of directions.entries()) {
      if (direction !== "in")
        writeOutValue(context, writer, cursor.shapes[index]?.type ?? "VARCHAR2", row[index] ?? null);
    }
  }
}

function writeOutValue(context: AnswerContext, writer: TtcWriter, type: OracleType, value: OutValue): void {
  if (type !== "REF CURSOR") {
    writeReturned(writer, type, value as OracleValue, (lobType, lob) => context.lobs.refer(lobType, lob));
  } else if (value === null) {
    writer.u8(0).u8(0);
  } else {
    const source = value as RowSource;
    writer.u8(1);
    writeColumns(writer, source.columns);
    writer.integer(context.adopt(source)).u8(0);
  }
}

function writeReturnedRows(
  context: AnswerContext,
  writer: TtcWriter,
  cursor: Cursor,
  iterations: NonNullable<Outcome["returned"]>,
): void {
  const types = [...(cursor.statement?.returnBinds ?? [])].map((index) => cursor.shapes[index]?.type ?? "VARCHAR2");
  for (const binds of iterations) {
    writer.u8(messageType.rowData);
    for (const [index, values] of binds.entries()) {
      writer.integer(values.length);
      for (const value of values) {
        writeReturned(writer, types[index] ?? "VARCHAR2", value, (type, lob) => context.lobs.refer(type, lob));
      }
    }
  }
}
