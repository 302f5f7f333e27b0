import { OracleError } from "./oracle-error.ts";
import type { OracleSession } from "./oracle-session.ts";
import { parseSubprogram } from "./plsql/parse-subprogram.ts";
import { callableFunction } from "./plsql/sql-function.ts";
import { literal } from "./sql/names.ts";
import type { ControlAction } from "./statement-info.ts";

/** CREATE PROCEDURE and FUNCTION: keeps the text, and commits. */
export async function storeSource(
  session: OracleSession,
  action: Extract<ControlAction, { what: "storeSource" }>,
): Promise<void> {
  const [owner, name] = ownedName(session, action.name);
  const subprogram = parseSubprogram(action.body);
  const conflict = action.replace
    ? "ON CONFLICT (owner, name) DO UPDATE SET kind = excluded.kind, body = excluded.body"
    : "";
  const row = [owner, name, action.type, action.body].map(literal).join(", ");
  const insert = `INSERT INTO ora.source (owner, name, kind, body) VALUES (${row}) ${conflict}`;
  const forSql = callableFunction([owner, name], subprogram);
  try {
    await session.work.define(session.about("", "DDL"), [insert, ...forSql]);
  } catch (error) {
    if (error instanceof OracleError && error.number === 1)
      throw new OracleError(955, "name is already used by an existing object");
    throw error;
  }
}

/** DROP PROCEDURE and FUNCTION. */
export async function dropSource(session: OracleSession, path: readonly string[]): Promise<void> {
  const [owner, name] = ownedName(session, path);
  const { work } = session;
  await session.commit();
  const found = await work.change(session.about("", "DDL"), async () => {
    const text = "DELETE FROM ora.source WHERE owner = $1 AND name = $2";
    const { rowCount } = await work.run({ text, values: [owner, name] });
    return { result: rowCount ?? 0, changed: (rowCount ?? 0) > 0 };
  });
  await session.commit();
  if (found === 0) throw new OracleError(4043, `object ${name} does not exist`);
  await work.configure(`DROP FUNCTION IF EXISTS "${owner}"."${name.replaceAll('"', '""')}"`);
}

function ownedName(session: OracleSession, path: readonly string[]): [owner: string, name: string] {
  return path.length > 1 ? [path[0] ?? "", path[1] ?? ""] : [session.schema, path[0] ?? ""];
}
