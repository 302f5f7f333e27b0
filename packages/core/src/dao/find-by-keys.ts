import type { ResultSet } from "../driver/index.ts";
import { ParameterError } from "../errors/index.ts";
import type { StatementOptions } from "../session/index.ts";
import { keyText, keyValues } from "./keys.ts";
import type { FindFlags } from "./paging.ts";
import type { TableAccess } from "./table-access.ts";

type Entity = Record<string, unknown>;

/**
 * The entities with these keys, in the order of the keys, each once. Which row belongs to which key is seen from its text; where that
 * does not tell (blanks behind a CHAR, digits behind a point, a collation without case), the server is asked.
 */
export async function findByKeys(
  access: TableAccess,
  keys: readonly unknown[],
  options: StatementOptions & FindFlags,
): Promise<Entity[]> {
  if (!Array.isArray(keys)) throw new ParameterError(`${access.place}: findByIds takes a list of keys`);
  const wanted = [...new Map(keys.map((key) => [keyText(keyValues(access.spec, key)), key])).values()];
  const selection = access.select({ withDeleted: options.withDeleted });
  const found: (Entity | undefined)[] = [];
  const size = access.keysPerStatement();
  let textOf = (key: unknown): string => keyText(keyValues(access.spec, key));
  for (let from = 0; from < wanted.length; from += size) {
    const part = wanted.slice(from, from + size);
    const result = await access.read(selection.and(access.byKeys(part)).rows(), options);
    textOf = textIn(access, result);
    const ask = async (key: unknown) => (await access.find(selection.and(access.byKey(key)).rows(), options))[0];
    found.push(...(await rowsOfKeys(access, part, result, ask)));
  }
  return [...new Map(found.flatMap((row) => (row === undefined ? [] : [[textOf(row), row] as const]))).values()];
}

/**
 * For each key its row among those that were found by all of them.
 *
 * @param ask - finds the row of one key, where its text does not tell
 */
export async function rowsOfKeys(
  access: TableAccess,
  keys: readonly unknown[],
  result: ResultSet,
  ask: (key: unknown) => Promise<Entity | undefined>,
): Promise<(Entity | undefined)[]> {
  const textOf = textIn(access, result);
  const rows = await access.entities.of(access.inner.context, result);
  const unclaimed = new Map(rows.map((row) => [textOf(row), row]));
  const found = keys.map((key) => unclaimed.get(textOf(key)));
  for (const key of keys) unclaimed.delete(textOf(key));
  for (const [at, key] of keys.entries()) {
    if (unclaimed.size === 0) break;
    found[at] ??= await ask(key);
  }
  return found;
}

/** What makes a key's text as it is seen from a result, in which UUIDs are in lower case. */
function textIn(access: TableAccess, result: ResultSet): (key: unknown) => string {
  const uuids = access.uuidParts(result);
  return (key) => keyText(keyValues(access.spec, key).map((it, at) => (uuids[at] === true ? lowered(it) : it)));
}

function lowered(value: unknown): unknown {
  return typeof value === "string" ? value.toLowerCase() : value;
}
