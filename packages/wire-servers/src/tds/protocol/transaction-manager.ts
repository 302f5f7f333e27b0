import { ByteReader } from "../../shared/byte-reader.ts";

/** What a client asks of the transaction manager. */
export type TransactionRequest =
  | { readonly kind: "begin"; readonly isolation: number; readonly name: string }
  | { readonly kind: "commit"; readonly name: string }
  | { readonly kind: "rollback"; readonly name: string }
  | { readonly kind: "save"; readonly name: string };

/** Reads a Transaction Manager Request, [MS-TDS] 2.2.6.9, from the byte after ALL_HEADERS. */
export function readTransactionRequest(payload: Buffer): TransactionRequest {
  const reader = new ByteReader(payload, payload.readUInt32LE(0));
  const type = reader.u16le();
  // Names are counted in bytes here (B_VARBYTE), not in characters.
  const name = () => reader.bytes(reader.u8()).toString("utf16le");
  const noNewTransaction = () => {
    if (reader.left > 0 && (reader.u8() & 0x01) !== 0) throw new RangeError("fBeginXact is not known to this server");
  };
  switch (type) {
    case 5: {
      const isolation = reader.u8();
      return { kind: "begin", isolation, name: name() };
    }
    case 7: {
      const request = { kind: "commit", name: name() } as const;
      noNewTransaction();
      return request;
    }
    case 8: {
      const request = { kind: "rollback", name: name() } as const;
      noNewTransaction();
      return request;
    }
    case 9:
      return { kind: "save", name: name() };
    default:
      throw new RangeError(`transaction manager request ${type} is not known to this server`);
  }
}
