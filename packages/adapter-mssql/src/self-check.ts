import { readExactly } from "./exact-reader.ts";
import { decimalType } from "./exact-types.ts";
import type { NativeBuffer, NativeParameter, Tedious } from "./native.ts";

/** What works with the copy of the driver that is installed. */
export interface ExactSupport {
  /** Values are read from their bytes. Without it, a decimal of more than 15 digits is an error when it is read. */
  readonly reading: boolean;
  /** Our data types write what the driver's write. Without it, exact values are sent as text for the server to convert. */
  readonly writing: boolean;
}

let known: Promise<ExactSupport> | undefined;

/**
 * Finds out whether exact values work with the installed driver, once per process: a token stream made by hand goes through the
 * driver's own parser, and one of our types writes beside the driver's. Nothing is sent.
 */
export function exactSupport(tedious: Tedious): Promise<ExactSupport> {
  known ??= check(tedious);
  return known;
}

async function check(tedious: Tedious): Promise<ExactSupport> {
  return { reading: await reads(tedious).catch(() => false), writing: writes(tedious) };
}

const digits = "12345678901234567890123456789.012345678";
const units = 12_345_678_901_234_567_890_123_456_789_012_345_678n;

/** COLMETADATA with a `decimal(38, 9)` and a `money`, one row, one row with a NULL, DONE: [MS-TDS] 2.2.7. */
async function reads(tedious: Tedious): Promise<boolean> {
  const column = (...type: readonly number[]) => Buffer.from([0, 0, 0, 0, 1, 0, ...type, 0]);
  const magnitude = Buffer.alloc(16);
  for (let index = 0, rest = units; index < 16; index++, rest >>= 8n) magnitude[index] = Number(rest & 0xffn);
  const message = Buffer.concat([
    Buffer.from([0x81, 2, 0]),
    column(0x6a, 17, 38, 9),
    column(0x6e, 8),
    Buffer.from([0xd1, 17, 1]),
    magnitude,
    Buffer.from([8, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff]),
    Buffer.from([0xd2, 2, 17, 0]),
    magnitude,
    Buffer.from([0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
  ]);
  const connection = new tedious.Connection({ server: "nowhere", options: { encrypt: false, port: 1 } });
  const rows: unknown[][] = [];
  const handler = {
    onColMetadata() {},
    onDone() {},
    onRow({ columns }: { readonly columns: readonly { readonly value: unknown }[] }) {
      rows.push(columns.map((it) => it.value));
    },
  };
  readExactly(connection.config.options);
  const parser = connection.createTokenStreamParser([message], handler);
  await new Promise<void>((resolve, reject) => {
    parser.on("end", resolve);
    parser.on("error", reject);
  });
  const expected = [
    [digits, "922337203685477.5807"],
    [`-${digits}`, null],
  ];
  return JSON.stringify(rows) === JSON.stringify(expected);
}

/** Our decimal and the driver's write the same bytes for a value that the driver can write. */
function writes({ TYPES }: Tedious): boolean {
  const native = TYPES["Decimal"];
  if (typeof native?.writeTypeInfo !== "function" || typeof native.writeValue !== "function") return false;
  const write = (type: typeof native) => {
    const bytes: number[] = [];
    const facets = { precision: 18, scale: 4 };
    const parameter: NativeParameter = { ...facets, value: type.validate(type === native ? -1234.5 : "-1234.5") };
    type.writeTypeInfo(recorder(bytes), parameter, {});
    type.writeValue(recorder(bytes), parameter, {});
    return bytes.join();
  };
  try {
    return write(decimalType(18, 4)) === write(native);
  } catch {
    return false;
  }
}

/** A buffer that only keeps what is written; it knows the methods that decimals are written by. */
function recorder(bytes: number[]): NativeBuffer {
  const integer = (length: number) => (value: number | bigint) => {
    for (let index = 0, rest = BigInt(value); index < length; index++, rest >>= 8n) bytes.push(Number(rest & 0xffn));
  };
  const known = {
    writeUInt8: integer(1),
    writeUInt16LE: integer(2),
    writeUInt32LE: integer(4),
    writeBigUInt64LE: integer(8),
    writeBuffer: (value: Buffer) => void bytes.push(...value),
  };
  return known;
}
