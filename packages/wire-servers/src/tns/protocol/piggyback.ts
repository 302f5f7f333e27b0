import { endToEnd, functionCode } from "./codes.ts";
import { readFreedLobs } from "./lob-store.ts";
import type { TtcReader } from "./ttc-reader.ts";

/** What a client asks for in front of a call, without an answer. */
export type Piggyback =
  | { readonly kind: "closeCursors" | "cancelCursors"; readonly cursorIds: readonly number[] }
  | { readonly kind: "setSchema"; readonly schema: string }
  | { readonly kind: "setClientIdentifier"; readonly identifier: string }
  | { readonly kind: "freeLobs"; readonly locators: Buffer };

/** Reads a piggyback; `writePiggybacks` in oracledb's lib/thin/protocol/messages/base.js. @throws RangeError for one this server does not know. */
export function readPiggyback(reader: TtcReader): Piggyback {
  const code = reader.u8();
  reader.u8();
  switch (code) {
    case functionCode.closeCursors:
    case functionCode.cancelCursors: {
      reader.u8();
      const cursorIds = Array.from({ length: reader.integer() }, () => reader.integer());
      return { kind: code === functionCode.closeCursors ? "closeCursors" : "cancelCursors", cursorIds };
    }
    case functionCode.setSchema:
      reader.u8();
      reader.integer();
      return { kind: "setSchema", schema: reader.sizedText() };
    case functionCode.setEndToEnd:
      return { kind: "setClientIdentifier", identifier: readClientIdentifier(reader) };
    case functionCode.lobOperation:
      return { kind: "freeLobs", locators: Buffer.from(readFreedLobs(reader)) };
    default:
      throw new RangeError(`the TNS test server does not know the piggyback ${code}`);
  }
}

/** The other attributes (module, action, ...) are not known here, and have to be absent. */
function readClientIdentifier(reader: TtcReader): string {
  reader.skip(2);
  const flags = reader.integer();
  if (flags !== endToEnd.clientIdentifier)
    throw new RangeError(`the TNS test server does not know the attributes ${flags}`);
  const announced = (): number => {
    reader.u8();
    return reader.integer();
  };
  const length = announced();
  // Module, action and execution context; three that nobody sends; client information; two more pairs; the database operation.
  for (let index = 0; index < 8; index++) announced();
  return length === 0 ? "" : reader.sizedText();
}
