import { type Database, type DatabaseManager, sql, UnsupportedError } from "@nsj/mdb-core";
import type { Fleet } from "./fleet.ts";

/** What is looked at. */
export interface CheckOptions {
  /** The column that says whose a row is; every table that has it is looked at. Default `"tenant_id"`. */
  readonly column?: string;
}

/** What keeps the tenants of a shared database apart, or does not. */
export interface CheckReport {
  /** Whether nothing was found. */
  readonly isGood: boolean;
  /** Tables with the column, `schema.table`. */
  readonly tables: readonly string[];
  /** What was found, a sentence each. */
  readonly problems: readonly string[];
}

interface TableRow {
  readonly schema: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly forced: boolean;
  readonly owned: boolean;
  readonly policies: number;
}

/** Looks whether row-level security does what it is there for. @param pool - the shared database itself, outside of any tenant's context */
export async function checkPolicies(
  inScope: Database,
  pool: Database,
  { column = "tenant_id" }: CheckOptions,
): Promise<CheckReport> {
  const problems: string[] = [];
  const { user, superuser, bypasses } = await inScope.queryOne<{ user: string; superuser: boolean; bypasses: boolean }>(
    "select rolname::text as user, rolsuper as superuser, rolbypassrls as bypasses from pg_catalog.pg_roles where rolname = current_user",
  );
  if (superuser) problems.push(`the role "${user}" is a superuser: policies do not hold for it`);
  else if (bypasses) problems.push(`the role "${user}" has BYPASSRLS: policies do not hold for it`);
  const found = await inScope.query<TableRow>(sql`
    select n.nspname::text as schema, c.relname::text as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
      pg_catalog.pg_has_role(current_user, c.relowner, 'usage') as owned,
      (select count(*)::int from pg_catalog.pg_policy p where p.polrelid = c.oid) as policies
    from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = ${column} and not a.attisdropped
    where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    order by 1, 2`);
  const tables = found as readonly TableRow[];
  if (tables.length === 0) problems.push(`no table has a column "${column}"`);
  for (const { schema, name, enabled, forced, owned, policies } of tables) {
    const table = `${schema}.${name}`;
    if (!enabled) problems.push(`${table} has no row-level security`);
    else if (policies === 0) problems.push(`${table} has row-level security and no policy`);
    else if (owned && !forced)
      problems.push(`${table} belongs to the role "${user}", and row-level security is not forced on its owner`);
    else if (await showsRows(pool, schema, name))
      problems.push(`${table} shows rows to whoever has not said for which tenant`);
  }
  return { isGood: problems.length === 0, tables: tables.map(({ schema, name }) => `${schema}.${name}`), problems };
}

/** The database that a tenant shares with others. @throws UnsupportedError where it is alone, or the engine has no such policies */
export function sharedPoolOf(fleet: Fleet, databases: DatabaseManager, tenant: string): Database {
  const place = fleet.tenants.get(tenant)?.current?.place;
  const { name: engine } = fleet.options.driver;
  if (place?.kind === "shared" && engine === "postgres") return databases.database(place.on);
  const why =
    engine === "postgres"
      ? `tenant "${tenant}" has a database of its own`
      : `there are no checks for the engine "${engine}"`;
  throw new UnsupportedError(`${fleet.label}: ${why}; check() looks at policies of a shared PostgreSQL`, {
    database: fleet.label,
    engine,
  });
}

/** Policies that throw where no tenant is set show nothing. */
async function showsRows(pool: Database, schema: string, name: string): Promise<boolean> {
  try {
    return (await pool.queryScalar(sql`select exists (select 1 from ${sql.identifier(schema, name)})`)) === true;
  } catch {
    return false;
  }
}
