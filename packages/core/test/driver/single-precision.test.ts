import { describe, expect, it } from "vitest";
import { singlePrecision } from "../../src/driver/index.ts";

describe("a float of single precision", () => {
  it("is the shortest decimal that is this float", () => {
    for (const number of [0, 0.1, -0.1, 1 / 4, 3.4028235e38, 1e-45, 1.1754944e-38, 16_777_216, 1e16, 0.333_333_34]) {
      expect(singlePrecision(Math.fround(number))).toBe(number);
    }
  });

  it("stays the same float, whichever of them it is", () => {
    const bits = new DataView(new ArrayBuffer(4));
    for (let index = 0; index < 20_000; index++) {
      bits.setUint32(0, (index * 214_745 + 7) >>> 0);
      const float = bits.getFloat32(0);
      if (!Number.isNaN(float)) expect(Math.fround(singlePrecision(float))).toBe(float);
    }
    expect(singlePrecision(Number.NaN)).toBeNaN();
    expect(singlePrecision(Number.NEGATIVE_INFINITY)).toBe(Number.NEGATIVE_INFINITY);
  });
});
