/**
 * The server counts characters (code points) from 1; JavaScript counts UTF-16 units. The two differ behind the first character outside
 * the basic plane.
 */
export function codePointsToUnits(text: string, position: number): number {
  let units = 0;
  for (let left = position - 1; left > 0 && units < text.length; left--) {
    units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
  }
  return units + 1;
}
