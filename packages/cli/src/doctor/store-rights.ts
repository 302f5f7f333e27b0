import { type Database, PermissionError } from "@nsj/mdb-core";
import { isThere } from "./there.ts";

/** What is written into the tables of a store; of no row here. */
const inserts = {
  mdb_decisions: "insert into mdb_decisions (id, outcome, branches) select id, 'R', '[]' from mdb_store where slot = 0",
  mdb_members: "insert into mdb_members (id, members, limit_ms) select id, '[]', 0 from mdb_store where slot = 0",
} as const;

/** A table of a store that is read, written and cleared. */
export type WrittenTable = keyof typeof inserts;

const rights = ["select", "insert", "delete"] as const;

/**
 * Finds out whether the user may read, write and clear a table of a store, without doing it. Where the engine is not known, all that is said is that it is there.
 * Rejects where that cannot be found out.
 */
export async function rightsOn(
  database: Database,
  table: WrittenTable,
  timeoutMs: number,
): Promise<"granted" | "refused" | "missing"> {
  try {
    if (!(await isThere(database, table, timeoutMs))) return "missing";
    for (const text of questions(database.engine, table)) {
      const { rows } = await database.execute<{ may?: number | null }>(text, [], { timeoutMs });
      if (rows[0]?.may === 0) return "refused";
    }
    return "granted";
  } catch (error) {
    if (error instanceof PermissionError) return "refused";
    throw error;
  }
}

/** Texts that are refused, or give 0, where a right is missing. */
function questions(engine: string, table: WrittenTable): readonly string[] {
  const statements = [inserts[table], `delete from ${table} where id = '-'`, `select id from ${table} where id = '-'`];
  switch (engine) {
    case "postgres":
      return [`select (${rights.map((it) => `has_table_privilege('${table}', '${it}')`).join(" and ")})::int as may`];
    case "mssql":
      return [`select ${rights.map((it) => `has_perms_by_name('${table}', 'OBJECT', '${it}')`).join(" * ")} as may`];
    // A statement is explained to those only who may run it.
    case "mariadb":
    case "mysql":
      return statements.map((it) => `explain ${it}`);
    case "oracle":
      return statements.map(parsed);
    default:
      return [];
  }
}

/**
 * What Oracle parses it does not run, where it is no DDL; and it parses only what the user may run, by whatever grant or role. The cursor of one that is refused
 * goes with the session.
 */
function parsed(statement: string): string {
  return `declare c integer := dbms_sql.open_cursor; begin dbms_sql.parse(c, q'{${statement}}', dbms_sql.native); dbms_sql.close_cursor(c); end;`;
}
