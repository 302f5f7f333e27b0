import { callStatus, messageType } from "./codes.ts";
import type { LoginAnswer } from "./login.ts";
import { TtcWriter } from "./ttc-writer.ts";

/** What the message that ends a call says. */
export interface CallEnd {
  readonly transactionInProgress: boolean;
  readonly cursorId?: number;
  readonly rowCount?: number;
  /** 0 for success. */
  readonly errorNumber?: number;
  /** With the number: `ORA-00942: ...`. */
  readonly errorMessage?: string;
  /** Counted in bytes from 0. */
  readonly errorPosition?: number;
  readonly batchErrors?: readonly { readonly index: number; readonly number: number; readonly message: string }[];
}

/** Ends a call that runs a statement; `processErrorInfo` in oracledb's lib/thin/protocol/messages/base.js. */
export function writeCallEnd(writer: TtcWriter, end: CallEnd): TtcWriter {
  const { cursorId = 0, rowCount = 0, errorNumber = 0, errorMessage = "", errorPosition = 0, batchErrors = [] } = end;
  writer.u8(messageType.error).integer(end.transactionInProgress ? callStatus.transactionInProgress : 0);
  writer
    .zeros(2)
    .integer(errorNumber % 0x1_0000)
    .zeros(2);
  writer.integer(cursorId).integer(errorPosition);
  writer.zeros(6);
  // A row id (rba, partition, one byte, block, slot), the operating system's error, then counters.
  writer.zeros(5).zeros(4).integer(0).integer(0);
  writeBatchErrors(writer, batchErrors);
  writer.integer(errorNumber).integer(rowCount);
  if (errorNumber !== 0) writer.sizedText(`${errorMessage}\n`);
  return writer;
}

function writeBatchErrors(writer: TtcWriter, errors: NonNullable<CallEnd["batchErrors"]>): void {
  const count = errors.length;
  writer.integer(count);
  // Before each list the client passes over one byte; 254 there would announce chunks.
  if (count > 0) writer.u8(0);
  for (const { number } of errors) writer.integer(number);
  writer.integer(count);
  if (count > 0) writer.u8(0);
  for (const { index } of errors) writer.integer(index);
  writer.integer(count);
  if (count > 0) writer.u8(0);
  for (const { message } of errors) {
    const bytes = Buffer.from(message);
    writer.integer(bytes.length).sized(bytes).zeros(2);
  }
}

/** Ends a call that has nothing to say but the state of the transaction. */
export function statusMessage(transactionInProgress: boolean): Buffer {
  const writer = new TtcWriter().u8(messageType.status);
  return writer
    .integer(transactionInProgress ? callStatus.transactionInProgress : 0)
    .integer(0)
    .toBuffer();
}

/** Answers one of the two messages of a login; `processReturnParameter` in oracledb's lib/thin/protocol/messages/auth.js. */
export function loginMessage(values: LoginAnswer): Buffer {
  const writer = new TtcWriter().u8(messageType.parameter).integer(values.length);
  for (const [name, value, flags] of values) writer.doublySizedText(name).doublySizedText(value).integer(flags);
  return writeCallEnd(writer, { transactionInProgress: false }).toBuffer();
}
