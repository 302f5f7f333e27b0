import { StatementCache } from "@nsj/mdb-core";
import type { Link } from "./link.ts";
import { ResultSets } from "./result-sets.ts";
import type { TypedParameter } from "./values.ts";
import { isParameterType } from "./written-type.ts";

/** What the parameters of a text turned out to be, by their place. */
export type LearntTypes = ReadonlyMap<number, string>;

/** Texts whose NULLs were found to need a type; one for all connections to a database. */
export type NullTypes = StatementCache<LearntTypes>;

export function newNullTypes(): NullTypes {
  return new StatementCache<LearntTypes>(500);
}

/**
 * Errors by which the server refuses a text that converts a NULL of the wrong type, before it runs anything of it: 206 "operand type
 * clash", 257 "implicit conversion is not allowed".
 */
export function needsTypes(number: number | undefined): boolean {
  return number === 206 || number === 257;
}

/**
 * Asks the server which types the parameters of a text have that are NULL and of which nobody said what they are. A NULL goes as
 * `nvarchar`, which converts to everything but binaries. `undefined` when the server cannot tell.
 */
export async function learnTypes(
  link: Link,
  text: string,
  parameters: readonly TypedParameter[],
): Promise<LearntTypes | undefined> {
  const known = parameters.flatMap((parameter, index) =>
    parameter.untyped === true ? [] : [`@p${index + 1} ${declarationOf(parameter)}`],
  );
  const { NVarChar } = link.tedious.TYPES;
  if (NVarChar === undefined) return undefined;
  let sets: ResultSets | undefined;
  try {
    await link.request("sp_describe_undeclared_parameters", "callProcedure", (request) => {
      sets = new ResultSets(request);
      request.addParameter("tsql", NVarChar, text, { length: 65_535 });
      request.addParameter("params", NVarChar, known.join(", "), { length: 65_535 });
    });
  } catch {
    return undefined;
  }
  const result = sets?.chain(true);
  const name = result?.columns.findIndex((it) => it.name === "name") ?? -1;
  const type = result?.columns.findIndex((it) => it.name === "suggested_system_type_name") ?? -1;
  if (result === undefined || name < 0 || type < 0) return undefined;
  const learnt = result.rows.map((row): [number, string] => [
    Number(String(row[name]).slice(2)) - 1,
    String(row[type]),
  ]);
  return new Map(learnt.filter(([index, type]) => parameters[index]?.untyped === true && isParameterType(type)));
}

function declarationOf({ type, value, facets }: TypedParameter): string {
  return type.declaration({ value, ...facets });
}
