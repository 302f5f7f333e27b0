import type { Bind } from "../engine/engine.ts";
import type { OracleValue } from "../values/oracle-type.ts";
import { decodeValue } from "../values/wire-value.ts";
import { messageType } from "./codes.ts";
import type { BindShape } from "./execute-request.ts";
import type { LobStore } from "./lob-store.ts";
import type { TtcReader } from "./ttc-reader.ts";

/** Values longer than this come after the others of their row, except for PL/SQL. */
const longestString = 32_767;
/** Escapes the NULL of a boolean. */
const escapeMark = 253;

/** What decides which binds a row of values holds, and in which order. */
export interface BindRowLayout {
  readonly shapes: readonly BindShape[];
  readonly plsql: boolean;
  /** The binds, counted from 0, that come back only and have no value in a row. */
  readonly absent: ReadonlySet<number>;
}

/** Reads the rows of values at the end of an execute call; `writeBindParamsRow` in oracledb's lib/thin/protocol/messages/withData.js. */
export function readBindRows(reader: TtcReader, layout: BindRowLayout, lobs: LobStore): Bind[][] {
  const rows: Bind[][] = [];
  while (reader.left > 0 && reader.peek() === messageType.rowData) {
    reader.u8();
    rows.push(readRow(reader, layout, lobs));
  }
  return rows;
}

function readRow(reader: TtcReader, { shapes, plsql, absent }: BindRowLayout, lobs: LobStore): Bind[] {
  const isLate = (shape: BindShape) => !plsql && shape.size > longestString;
  const values = new Map<BindShape, OracleValue>();
  for (const late of [false, true]) {
    for (const [index, shape] of shapes.entries()) {
      if (!absent.has(index) && isLate(shape) === late) values.set(shape, readBind(reader, shape, lobs));
    }
  }
  return shapes.map((shape) => ({ type: shape.type, size: shape.size, value: values.get(shape) ?? null }));
}

function readBind(reader: TtcReader, shape: BindShape, lobs: LobStore): OracleValue {
  if (shape.array) throw new RangeError("the TNS test server does not know PL/SQL arrays");
  switch (shape.type) {
    case "CLOB":
    case "NCLOB":
    case "BLOB": {
      if (reader.integer() === 0) return null;
      const locator = reader.sized();
      return locator === null ? null : lobs.value(locator);
    }
    case "REF CURSOR":
      reader.u8();
      // A cursor that is open already is known by its number.
      if (reader.u8() !== 0) throw new RangeError("the TNS test server does not take cursors from clients");
      return null;
    case "BOOLEAN":
      if (reader.peek() === escapeMark) {
        reader.skip(2);
        return null;
      }
      return decodeValue("BOOLEAN", reader.sized());
    default:
      return decodeValue(shape.type, reader.sized());
  }
}
