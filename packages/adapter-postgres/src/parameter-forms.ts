import { codeOf } from "@nsj/mdb-core";
import { dialect } from "./dialect.ts";
import type { WireValue } from "./native.ts";

/** Says of a value's text that it means the same, whatever type its column has got meanwhile, or is refused. `null`: every text does. */
export type FormCheck = ((text: string) => boolean) | null;

const never: FormCheck = () => false;
const integer: FormCheck = (text) => /^(?:0|-?[1-9]\d*)$/.test(text);
const boolean: FormCheck = (text) => text === "true" || text === "false";
const uuid: FormCheck = (text) => /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(text);
const date: FormCheck = (text) => /^\d{4}-\d\d-\d\d$/.test(text);
const padded: FormCheck = (text) => !text.endsWith(" ");
const integers: FormCheck = (text) => /^\{\v?(?:-?\d+(?:,-?\d+)*)?\}$/.test(text);

/** By the type that the parameter was prepared with: the texts that the type would write in just the same way. */
const checks: ReadonlyMap<number, FormCheck> = new Map([
  [16, boolean], // bool
  [20, integer], // int8
  [21, integer], // int2
  [23, integer], // int4
  [25, null], // text
  [26, integer], // oid
  [1005, integers], // int2[]
  [1007, integers], // int4[]
  [1009, null], // text[]
  [1015, null], // varchar[]
  [1016, integers], // int8[]
  [1042, padded], // bpchar
  [1043, null], // varchar
  [1082, date], // date
  [1700, integer], // numeric: a fraction would be rounded for a column of integers, where its text would be refused
  [2950, uuid], // uuid
]);

/**
 * How the values of a statement that keeps its name have to look. A prepared statement reads its parameters by the types that their columns had when
 * it was prepared, and casts from there. Where a column has got another type since, that silently gives another value than the text would: a timestamp
 * loses its time on the way through `date`, `007` its zeros through `integer`. The server does not tell. So only such texts go through a name as no
 * type can change; with any other the statement is parsed anew.
 *
 * @param oids - the parameters' types, as the server has described them
 * @param given - those of them that the caller has chosen, 0 for none: they do not depend on any column
 */
export function formChecks(
  text: string,
  oids: readonly number[],
  given: readonly number[] | undefined,
): readonly FormCheck[] {
  const isCast = castParameters(text);
  return oids.map((oid, index) => {
    if ((given?.[index] ?? 0) !== 0 || isCast(index + 1)) return null;
    const check = checks.get(oid);
    return check === undefined ? never : check;
  });
}

/** Whether the text itself says the type of a parameter, wherever it stands: `$1::timestamptz`. */
function castParameters(text: string): (position: number) => boolean {
  if (!text.includes("::")) return () => false;
  const code = codeOf(text, dialect);
  const uncast = new Set(Array.from(code.matchAll(/\$(\d+)(?!\d)(?!\s*::)/g), ([, position]) => Number(position)));
  return (position) => !uncast.has(position);
}

/** Whether all of these values may go through a name. */
export function haveForms(values: readonly WireValue[], forms: readonly FormCheck[]): boolean {
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    const check = forms[index];
    if (value === null || check === null) continue;
    if (typeof value !== "string" || check === undefined || !check(value)) return false;
  }
  return true;
}
