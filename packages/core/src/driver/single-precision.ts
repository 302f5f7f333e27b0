/**
 * The number that a single-precision float stands for: the shortest decimal that is this very float, 0.1 and not 0.10000000149011612. What a driver gives
 * for columns of REAL, so that the value is the same on every engine.
 */
export function singlePrecision(float: number): number {
  // Six digits come through every float that is not denormal (FLT_DIG), and zeros at their end are none.
  for (let digits = Math.abs(float) < leastNormal ? 1 : 6; digits < 9; digits++) {
    const rounded = Number(float.toPrecision(digits));
    if (Math.fround(rounded) === float) return rounded;
  }
  return Number(float.toPrecision(9));
}

/** FLT_MIN: whatever is nearer to zero has fewer digits. */
const leastNormal = 2 ** -126;
