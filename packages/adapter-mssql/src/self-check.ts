import { readExactly } from "./exact-reader.ts";
import { decimalType } from "./exact-types.ts";
import { driverChanged } from "./faults.ts";
import type { NativeBuffer, NativeParameter, Tedious } from "./native.ts";

const checks = new WeakMap<Tedious, Promise<void>>();

/**
 * Finds out, once per process, whether exact values work with the installed driver: a response made by hand goes through the driver's own
 * parser, and one of our types writes beside the driver's. Nothing is sent.
 *
 * @throws DriverFault of kind `unsupported`: without our part in it the driver would give digits that are wrong, so nothing connects
 */
export function checkDriver(tedious: Tedious): Promise<void> {
  let check = checks.get(tedious);
  if (check === undefined) {
    check = run(tedious);
    checks.set(tedious, check);
  }
  return check;
}

async function run(tedious: Tedious): Promise<void> {
  try {
    await checkReading(tedious);
    checkWriting(tedious);
  } catch (cause) {
    throw driverChanged(cause);
  }
}

const digits = "12345678901234567890123456789.012345678";
const magnitude = littleEndian(12_345_678_901_234_567_890_123_456_789_012_345_678n, 16);
/** 2024-02-29 12:34:56.1234567 */
const day = littleEndian(738_944n, 3);
const ticks = littleEndian(452_961_234_567n, 5);

/** Every type that we read ourselves: its TYPE_INFO, a value with its length, and what that has to become. [MS-TDS] 2.2.5.5, 2.2.5.6 */
const samples: readonly (readonly [typeInfo: readonly number[], value: readonly number[], expected: unknown])[] = [
  [[0x6a, 17, 38, 9], [17, 1, ...magnitude], digits],
  [[0x6c, 17, 38, 9], [17, 0, ...magnitude], `-${digits}`],
  [[0x6e, 8], [8, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff], "922337203685477.5807"],
  [[0x3c], [0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff], "922337203685477.5807"],
  [[0x7a], [0xff, 0xff, 0xff, 0x7f], "214748.3647"],
  [[0x26, 8], [8, ...littleEndian(9_007_199_254_740_993n, 8)], 9_007_199_254_740_993n],
  [[0x7f], littleEndian(9_007_199_254_740_993n, 8), 9_007_199_254_740_993n],
  [[0x28], [3, ...day], "2024-02-29"],
  [[0x29, 7], [5, ...ticks], "12:34:56.1234567"],
  [[0x2a, 7], [8, ...ticks, ...day], "2024-02-29 12:34:56.1234567"],
  [[0x2b, 7], [10, ...ticks, ...day, 120, 0], "2024-02-29 12:34:56.1234567Z"],
  [[0x62, 0x49, 0x1f, 0, 0], [21, 0, 0, 0, 0x6c, 2, 38, 9, 1, ...magnitude], digits],
];

/** COLMETADATA, a row, the same row in the form that leaves NULLs out, DONE: [MS-TDS] 2.2.7. */
async function checkReading(tedious: Tedious): Promise<void> {
  const nullFirst = [0xd2, 1, 0];
  const message = Buffer.from([
    ...[0x81, samples.length, 0],
    ...samples.flatMap(([typeInfo]) => [0, 0, 0, 0, 1, 0, ...typeInfo, 0]),
    ...[0xd1, ...samples.flatMap(([, value]) => value)],
    ...[...nullFirst, ...samples.slice(1).flatMap(([, value]) => value)],
    ...[0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  ]);
  const connection = new tedious.Connection({ server: "nowhere", options: { encrypt: false, port: 1 } });
  const rows: unknown[][] = [];
  const handler = {
    onColMetadata() {},
    onDone() {},
    onRow({ columns }: { readonly columns: readonly { readonly value: unknown }[] }) {
      rows.push(columns.map(({ value }) => value));
    },
  };
  readExactly(connection.config.options);
  mustBeSame(/set quoted_identifier on/.test(connection.getInitialSql()), true, "it sets sessions up in another way");
  const parser = connection.createTokenStreamParser([message], handler);
  await new Promise<void>((resolve, reject) => {
    parser.on("end", resolve);
    parser.on("error", reject);
  });
  const values = samples.map(([, , expected]) => expected);
  mustBeSame(rows, [values, [null, ...values.slice(1)]], "it reads numbers or dates in another way");
}

/** Our decimal and the driver's write the same bytes for a value that the driver can write. */
function checkWriting({ TYPES }: Tedious): void {
  const native = TYPES["Decimal"];
  const written = [native, decimalType(18, 4)].map((type) => {
    if (type === undefined) return undefined;
    const bytes: number[] = [];
    const facets = { precision: 18, scale: 4 };
    const parameter: NativeParameter = { ...facets, value: type.validate(type === native ? -1234.5 : "-1234.5") };
    type.writeTypeInfo(recorder(bytes), parameter, {});
    type.writeValue(recorder(bytes), parameter, {});
    return bytes;
  });
  mustBeSame(written[0], written[1], "it writes numbers in another way");
}

function mustBeSame(found: unknown, expected: unknown, otherwise: string): void {
  const plain = (_: string, value: unknown) => (typeof value === "bigint" ? `${value}n` : value);
  if (JSON.stringify(found, plain) !== JSON.stringify(expected, plain)) throw new Error(otherwise);
}

/** A buffer that only keeps what is written; it knows the methods that decimals are written by. */
function recorder(bytes: number[]): NativeBuffer {
  const integer = (length: number) => (value: number | bigint) =>
    void bytes.push(...littleEndian(BigInt(value), length));
  const known = {
    writeUInt8: integer(1),
    writeUInt16LE: integer(2),
    writeUInt32LE: integer(4),
    writeBigUInt64LE: integer(8),
    writeBuffer: (value: Buffer) => void bytes.push(...value),
  };
  return known;
}

function littleEndian(value: bigint, length: number): readonly number[] {
  return Array.from({ length }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn));
}
