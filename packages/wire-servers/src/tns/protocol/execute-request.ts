import { type OracleType, oracleTypeOf } from "../values/oracle-type.ts";
import { executeOption, functionCode, reexecuteOption } from "./codes.ts";
import type { TtcReader } from "./ttc-reader.ts";

/** How the client binds or fetches a value. */
export interface BindShape {
  readonly type: OracleType;
  /** Bytes at most. */
  readonly size: number;
  /** A PL/SQL array. */
  readonly array: boolean;
}

/** A call that runs a statement. */
export interface ExecuteRequest {
  /** 0 for a text that has no cursor yet. */
  readonly cursorId: number;
  /** Absent where the cursor has its text already. */
  readonly text: string | undefined;
  readonly parseOnly: boolean;
  readonly execute: boolean;
  readonly commit: boolean;
  readonly batchErrors: boolean;
  /** Rows to send with the answer to a query. */
  readonly prefetch: number;
  readonly iterations: number;
  /** Absent: as the cursor was bound the last time. */
  readonly binds: readonly BindShape[] | undefined;
  /** What the columns of a query shall be sent as; absent: no change. */
  readonly defines: readonly BindShape[] | undefined;
}

/** Reads a full execute call up to its rows of values; `writeExecuteMessage` in oracledb's lib/thin/protocol/messages/execute.js. */
export function readExecute(reader: TtcReader): ExecuteRequest {
  const options = reader.integer();
  const cursorId = reader.integer();
  const hasText = reader.u8() !== 0;
  reader.integer();
  reader.u8();
  reader.integer();
  reader.skip(3);
  const rows = reader.integer();
  reader.integer();
  reader.u8();
  const bindCount = reader.integer();
  reader.skip(5);
  reader.u8();
  const defineCount = reader.integer();
  reader.integer();
  reader.skip(3);
  reader.integer();
  reader.u8();
  reader.skipIntegers(2);
  if (reader.u8() !== 0) throw new RangeError("the TNS test server does not count rows per set");
  reader.integer();
  reader.u8();
  readSignatureAndChunks(reader);
  const text = hasText ? reader.sizedText() : undefined;
  const numbers = Array.from({ length: 13 }, () => reader.integer());
  const isQuery = numbers[7] === 1;
  return {
    cursorId,
    text,
    parseOnly: (options & executeOption.describe) !== 0,
    execute: (options & executeOption.execute) !== 0,
    commit: (options & executeOption.commit) !== 0,
    batchErrors: (options & executeOption.batchErrors) !== 0,
    prefetch: options & executeOption.fetch ? rows : 0,
    iterations: isQuery ? 1 : Math.max(1, numbers[1] ?? 1),
    binds: bindCount > 0 ? readShapes(reader, bindCount) : undefined,
    defines: bindCount === 0 && defineCount > 0 ? readShapes(reader, defineCount) : undefined,
  };
}

/** Fields that exist since 12.2. */
function readSignatureAndChunks(reader: TtcReader): void {
  reader.u8();
  reader.integer();
  reader.u8();
  reader.integer();
  reader.u8();
  reader.u8();
  reader.integer();
}

function readShapes(reader: TtcReader, count: number): BindShape[] {
  return Array.from({ length: count }, () => readShape(reader));
}

/** One bind's description; `writeColumnMetadata` in oracledb's lib/thin/protocol/messages/withData.js. */
function readShape(reader: TtcReader): BindShape {
  const type = reader.u8();
  const flags = reader.u8();
  reader.skip(2);
  const size = reader.integer();
  reader.skipIntegers(2);
  if (reader.integer() > 0) reader.sized();
  reader.skipIntegers(2);
  const form = reader.u8();
  reader.skipIntegers(2);
  return { type: oracleTypeOf(type, form), size, array: (flags & 0x40) !== 0 };
}

/** Reads the call that repeats a statement with other values; `writeReExecuteMessage` in the same file. */
export function readReexecute(reader: TtcReader, code: number): ExecuteRequest {
  const cursorId = reader.integer();
  const rows = reader.integer();
  reader.integer();
  const options = reader.integer();
  const fetches = code === functionCode.reexecuteAndFetch;
  return {
    cursorId,
    text: undefined,
    parseOnly: false,
    execute: true,
    commit: (options & reexecuteOption.commit) !== 0,
    batchErrors: false,
    prefetch: fetches ? rows : 0,
    iterations: fetches ? 1 : Math.max(1, rows),
    binds: undefined,
    defines: undefined,
  };
}
