import type { PacketReader } from "./packet-reader.ts";

/** Bits of the server's status, which ends every answer that is no error. */
export const statusFlags = {
  inTransaction: 0x0001,
  autocommit: 0x0002,
  moreResults: 0x0008,
  /** The rows are the output parameters of a CALL. */
  outParameters: 0x1000,
  sessionChanged: 0x4000,
} as const;

/** What the server tells of its session beside an answer. */
export interface StateChanges {
  readonly schema?: string;
  readonly timeZone?: string;
}

/** The end of a statement without rows. */
export interface OkPacket {
  readonly affected: number;
  /** What AUTO_INCREMENT gave the first row; 0 for nothing. */
  readonly generatedKey: number | bigint;
  readonly status: number;
  readonly changes: StateChanges | undefined;
}

/** @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_ok_packet.html */
export function readOk(reader: PacketReader): OkPacket {
  reader.skip(1);
  const affected = Number(reader.integer());
  const generatedKey = reader.integer();
  const status = reader.u16();
  reader.skip(2);
  const isTold = (status & statusFlags.sessionChanged) !== 0 && reader.at < reader.end;
  return { affected, generatedKey, status, changes: isTold ? readChanges(reader) : undefined };
}

/** Behind the words for people. https://dev.mysql.com/doc/dev/mysql-server/latest/mysql__com_8h.html (enum_session_state_type) */
function readChanges(reader: PacketReader): StateChanges {
  reader.skip(Math.max(0, reader.length()));
  let changes: StateChanges = {};
  const end = reader.at < reader.end ? reader.length() + reader.at : reader.at;
  while (reader.at < end) {
    const kind = reader.u8();
    const next = reader.length() + reader.at;
    if (kind === systemVariables) {
      while (reader.at < next) {
        const name = reader.text(reader.length());
        const value = reader.text(Math.max(0, reader.length()));
        if (name === "time_zone") changes = { ...changes, timeZone: value };
      }
    } else if (kind === schema) changes = { ...changes, schema: reader.text(Math.max(0, reader.length())) };
    reader.at = next;
  }
  return changes;
}

const systemVariables = 0;
const schema = 1;
