import { describe, expect, it } from "vitest";
import { readExactly } from "../src/exact-reader.ts";
import { loadTedious } from "../src/native.ts";

/** What the driver reads from a column: COLMETADATA with its TYPE_INFO, one row, DONE. The bytes come in two portions, cut anywhere. */
async function read(typeInfo: readonly number[], value: readonly number[], cut: number): Promise<unknown> {
  const tedious = loadTedious();
  const connection = new tedious.Connection({
    server: "nowhere",
    options: { encrypt: false, port: 1, lowerCaseGuids: true },
  });
  readExactly(connection.config.options);
  const bytes = Buffer.from([
    ...[0x81, 1, 0, 0, 0, 0, 0, 1, 0, ...typeInfo, 0],
    ...[0xd1, ...value],
    ...[0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  ]);
  const values: unknown[] = [];
  const parser = connection.createTokenStreamParser([bytes.subarray(0, cut), bytes.subarray(cut)], {
    onColMetadata() {},
    onDone() {},
    onRow: ({ columns }: { readonly columns: readonly { readonly value: unknown }[] }) =>
      values.push(columns[0]?.value),
  });
  await new Promise<void>((resolve, reject) => parser.on("end", resolve).on("error", reject));
  expect(values).toHaveLength(1);
  return values[0];
}

/** At every place where a portion can end. */
async function readCutAnywhere(typeInfo: readonly number[], value: readonly number[]): Promise<unknown> {
  const whole = await read(typeInfo, value, 1);
  const length = 11 + typeInfo.length + value.length;
  for (let cut = 2; cut < length; cut++) expect(await read(typeInfo, value, cut), `cut at ${cut}`).toEqual(whole);
  return whole;
}

const variant = [0x62, 0x49, 0x1f, 0, 0];
const counted = (...bytes: readonly number[]) => [bytes.length, 0, 0, 0, ...bytes];
const nines = [0xff, 0xff, 0xff, 0x7f];

describe("a sql_variant that holds", () => {
  it.each([
    ["a decimal", counted(0x6a, 2, 5, 2, 0, 0x39, 0x30, 0, 0), "-123.45"],
    [
      "a numeric",
      counted(0x6c, 2, 20, 0, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0),
      "18446744073709551615",
    ],
    ["money", counted(0x3c, 0, ...nines, 0xff, 0xff, 0xff, 0xff), "922337203685477.5807"],
    ["smallmoney", counted(0x7a, 0, ...nines), "214748.3647"],
    ["a long bigint", counted(0x7f, 0, 1, 0, 0, 0, 0, 0, 0x20, 0), 9_007_199_254_740_993n],
    ["a short bigint", counted(0x7f, 0, 5, 0, 0, 0, 0, 0, 0, 0), 5],
    ["a date", counted(0x28, 0, 0x80, 0x46, 0x0b), "2024-02-29"],
    ["a time", counted(0x29, 1, 7, 1, 0, 0, 0, 0), "00:00:00.0000001"],
    ["a datetime2", counted(0x2a, 1, 7, 1, 0, 0, 0, 0, 0, 0, 0), "0001-01-01 00:00:00.0000001"],
    ["a datetimeoffset", counted(0x2b, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0), new Date("0001-01-01T00:00:00Z")],
    ["an int", counted(0x38, 0, 7, 0, 0, 0), 7],
    ["a text", counted(0xe7, 7, 0x09, 0x04, 0xd0, 0, 0x34, 100, 0, 0x61, 0), "a"],
    ["nothing", [0, 0, 0, 0], null],
  ])("%s", async (_, value, expected) => {
    expect(await readCutAnywhere(variant, value)).toEqual(expected);
  });
});

describe("a column of", () => {
  it.each([
    ["decimal", [0x6a, 17, 38, 38], [17, 0, 1, ...new Array(15).fill(0)], "-0.00000000000000000000000000000000000001"],
    ["money that may be NULL", [0x6e, 8], [8, ...nines, 0xff, 0xff, 0xff, 0xff], "922337203685477.5807"],
    ["money that is NULL", [0x6e, 8], [0], null],
    ["bigint", [0x7f], [1, 0, 0, 0, 0, 0, 0x20, 0], 9_007_199_254_740_993n],
    ["int that may be NULL", [0x26, 4], [4, 7, 0, 0, 0], 7],
  ])("%s is exact wherever its bytes are cut", async (_, typeInfo, value, expected) => {
    expect(await readCutAnywhere(typeInfo, value)).toEqual(expected);
  });
});
