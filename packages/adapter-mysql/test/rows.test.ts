import { expect, it } from "vitest";
import type { Column } from "../src/columns.ts";
import { binary, type Decode, text } from "../src/decoders.ts";
import { PacketReader } from "../src/packet-reader.ts";
import { BinaryRowReader } from "../src/row-readers.ts";
import { SessionZone } from "../src/session-zone.ts";

const reader = new PacketReader(new SessionZone());
const read = (decode: Decode, bytes: Buffer): unknown => decode(reader.set(bytes, 0, bytes.length));

function datetime(date: Date): Buffer {
  const bytes = Buffer.alloc(12);
  bytes[0] = 11;
  bytes.writeUInt16LE(date.getUTCFullYear(), 1);
  bytes[3] = date.getUTCMonth() + 1;
  bytes[4] = date.getUTCDate();
  bytes[5] = date.getUTCHours();
  bytes[6] = date.getUTCMinutes();
  bytes[7] = date.getUTCSeconds();
  bytes.writeUInt32LE(date.getUTCMilliseconds() * 1_000, 8);
  return bytes;
}

it("a DATETIME is the moment of JavaScript's own calendar, on each day of a leap year's cycle and in the first and last years", () => {
  const day = 86_400_000;
  const starts = ["0000-01-01", "1899-12-30", "1969-12-31", "2000-01-01", "9999-01-01"].map((it) => Date.parse(it));
  for (const start of starts) {
    const days = start === Date.parse("9999-01-01") ? 365 : 1_461;
    for (let index = 0; index < days; index++) {
      const date = new Date(start + index * day + index * 59_123);
      expect(read(binary.datetime, datetime(date))).toEqual(date);
    }
  }
});

it("a row is read as it is, whether or not its reader has been compiled, with NULL where its bits say so", () => {
  const width = 17;
  const column: Column = {
    info: { name: "n", databaseType: "int", type: "integer" },
    binary: binary.i32,
    text: text.integer,
  };
  const rows = new BinaryRowReader(Array.from({ length: width }, () => column));
  for (let row = 0; row < 1_000; row++) {
    const values = Array.from({ length: width }, (_, index) => (row % (index + 2) === 0 ? null : row * 31 + index));
    const nulls = Buffer.alloc((width + 9) >> 3);
    for (const [index, value] of values.entries()) {
      if (value === null) nulls[(index + 2) >> 3] = (nulls[(index + 2) >> 3] ?? 0) | (1 << ((index + 2) & 7));
    }
    const bytes = values.flatMap((value) => {
      if (value === null) return [];
      const four = Buffer.alloc(4);
      four.writeInt32LE(value);
      return [four];
    });
    const packet = Buffer.concat([Buffer.of(0), nulls, ...bytes]);
    expect(rows.read(reader.set(packet, 0, packet.length))).toEqual(values);
  }
});
