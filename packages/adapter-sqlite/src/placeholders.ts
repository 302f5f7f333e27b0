import { parameterMismatch } from "./failure.ts";
import { tokens } from "./tokens.ts";

/** How values in their order get to the parameters of a statement that names or numbers some of them. */
export interface Placeholders {
  /** How many values the statement takes. */
  readonly count: number;
  /** By the index of each value: the name under which better-sqlite3 wants it, or `null` where it is anonymous. */
  readonly names: readonly (string | null)[];
}

/**
 * Reads the parameters of a statement: `?`, `?NNN`, `:name`, `@name`, `$name` (https://sqlite.org/lang_expr.html#varparam). Values are
 * counted as SQLite counts: `?` takes the number after the largest one so far, a name takes one at its first use.
 *
 * @returns `null` when all of them are plain `?`, which is the common case and needs no plan
 * @throws when two parameters differ only in their prefix: better-sqlite3 could not keep them apart
 */
export function readPlaceholders(text: string): Placeholders | null {
  if (!/[:@#$]|\?\d/.test(text)) return null;
  const names: (string | null)[] = [];
  const places = new Map<string, string>();
  let named = false;
  for (const { kind, start, end } of tokens(text)) {
    if (kind !== "parameter") continue;
    const token = text.slice(start, end);
    if (token === "?") {
      names.push(null);
      continue;
    }
    named = true;
    const name = token.slice(1);
    const known = places.get(name);
    if (known === token) continue;
    if (known !== undefined) throw parameterMismatch(`the parameters ${known} and ${token} cannot be told apart`);
    places.set(name, token);
    if (!token.startsWith("?")) names.push(name);
    else putNumbered(names, Number(name), name);
  }
  return named ? { count: names.length, names } : null;
}

function putNumbered(names: (string | null)[], number: number, name: string): void {
  // SQLite refuses larger numbers when it prepares the statement; here they must not make a huge array.
  if (number < 1 || number > 32_766) return;
  while (names.length < number) names.push(null);
  // The first spelling names the place: `?1` behind `:a` is `:a` again.
  names[number - 1] ??= name;
}

/** The arguments for better-sqlite3: the anonymous values in their order, then the named ones. */
export function arrange(plan: Placeholders, values: readonly unknown[]): readonly [unknown[], Record<string, unknown>] {
  if (values.length !== plan.count) {
    throw parameterMismatch(`the statement takes ${plan.count} parameters and got ${values.length}`);
  }
  const anonymous: unknown[] = [];
  const named: Record<string, unknown> = Object.create(null);
  for (const [index, name] of plan.names.entries()) {
    if (name === null) anonymous.push(values[index]);
    else named[name] = values[index];
  }
  return [anonymous, named];
}
