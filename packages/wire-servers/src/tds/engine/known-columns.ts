import type { Query } from "../tsql/ast.ts";
import { Emission, type EmissionContext } from "../tsql/emission.ts";
import { emitSelectAlone, leftmostSelect, type StaticColumn, staticColumns } from "../tsql/emit-query.ts";
import type { SqlSession } from "./session.ts";

/**
 * What is known of the columns of a query before it runs; `undefined` for each star. PostgreSQL forgets where the columns of a set operation
 * come from: there a star is looked up in the first SELECT, which names the columns.
 */
export async function knownColumns(
  query: Query,
  context: EmissionContext,
  session: SqlSession,
): Promise<readonly (StaticColumn | undefined)[]> {
  const known = staticColumns(query, new Emission(context));
  if (query.body.kind === "select" || !known.includes(undefined)) return known;
  const text = emitSelectAlone(leftmostSelect(query), query.common, new Emission(context));
  return session.statement(async () => {
    const described = await session.postgres.describe(text);
    await session.host.catalog.learn(described, session.postgres);
    return session.host.catalog
      .resultColumns(described, known, true)
      .map(({ name, type }, index) => ({ name, type, ...onlyFor(described[index]) }));
  });
}

function onlyFor(column: { readonly typeOid: number; readonly typeModifier: number } | undefined) {
  return column === undefined ? {} : { onlyFor: { typeOid: column.typeOid, typeModifier: column.typeModifier } };
}
