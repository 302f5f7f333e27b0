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
    const uuids = access.uuidParts(result);
    textOf = (key) => keyText(keyValues(access.spec, key).map((it, at) => (uuids[at] === true ? lowered(it) : it)));
    const rows = await access.entities.of(access.inner.context, result);
    const unclaimed = new Map(rows.map((row) => [textOf(row), row]));
    for (const [at, key] of part.entries()) found[from + at] = unclaimed.get(textOf(key));
    for (const key of part) unclaimed.delete(textOf(key));
    for (const [at, key] of part.entries()) {
      if (unclaimed.size === 0) break;
      if (found[from + at] !== undefined) continue;
      found[from + at] = (await access.find(selection.and(access.byKey(key)).rows(), options))[0];
    }
  }
  return [...new Map(found.flatMap((row) => (row === undefined ? [] : [[textOf(row), row] as const]))).values()];
}

function lowered(value: unknown): unknown {
  return typeof value === "string" ? value.toLowerCase() : value;
}
