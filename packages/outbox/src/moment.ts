import { types } from "node:util";

/** The milliseconds of a moment. @throws TypeError for what is none */
export function momentOf(moment: Date): number {
  const ms = types.isDate(moment) ? moment.getTime() : Number.NaN;
  if (Number.isNaN(ms)) throw new TypeError("a moment is wanted: a valid Date");
  return ms;
}
