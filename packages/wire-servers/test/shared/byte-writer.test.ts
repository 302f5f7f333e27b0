import { expect, it } from "vitest";
import { ByteWriter } from "../../src/shared/byte-writer.ts";

it("keeps a byte that makes it grow", () => {
  const writer = new ByteWriter(2);
  for (let value = 1; value <= 9; value++) writer.u8(value);
  expect([...writer.toBuffer()]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
});
