import { ConfigurationError, type Driver, defineDatabase, sql } from "@nsj/mdb-core";
import type { Resolve, ResolveContext } from "./options.ts";
import type { Place } from "./place.ts";
import type { SealedSecrets } from "./secrets.ts";

const columns = [
  "id",
  "engine",
  "host",
  "port",
  "database",
  "user_name",
  "password",
  "schema",
  "options",
  "version",
  "state",
] as const;

/** What a column of the table is for. */
type Column = (typeof columns)[number];

/** How a table of tenants is read. */
export interface TenantTableOptions {
  /** The drivers of the engines that the table names; the same as the label's. */
  readonly drivers: readonly Pick<Driver, "name" | "schemes">[];
  /** Names of columns that are called otherwise; `null` for one that is not there. `id` has to be. */
  readonly names?: Readonly<Partial<Record<Column, string | null>>>;
  /** Opens passwords that were sealed for the tenant and the field `"password"`. Without it they are taken as they are. */
  readonly secrets?: Pick<SealedSecrets, "open">;
  /** The words in `state` of tenants that are there. Default: `"active"`; any other word is a tenant that is not available. */
  readonly activeStates?: readonly string[];
}

/**
 * Finds tenants in a table of the label `on`, by one prepared statement. Its columns are `id, engine, host, port, database, user_name, password, schema,
 * options, version, state`: what applications of the Python library have. Of an engine's name the part behind `+` is ignored. `options` is JSON, for the
 * adapter; the rest may be NULL.
 */
export function tenantTable(on: string, table: string, options: TenantTableOptions): Resolve {
  const { names = {}, secrets, activeStates = ["active"] } = options;
  const there = columns.filter((column) => names[column] !== null);
  if (!there.includes("id"))
    throw new ConfigurationError('tenantTable: the column "id" has to be there', { key: "names" });
  const nameOf = (column: Column): string => names[column] ?? column;
  const list = there.map((column) => sql`${sql.identifier(nameOf(column))} as ${sql.identifier(`t_${column}`)}`);
  return async (tenant: string, { databases, signal }: ResolveContext): Promise<Place | undefined> => {
    const statement = sql`select ${sql.join(list)} from ${sql.identifier(...(table.split(".") as [string, ...string[]]))} where ${sql.identifier(nameOf("id"))} = ${tenant}`;
    const found = await databases.database(on).queryMaybeOne(statement, { signal });
    if (found === undefined) return undefined;
    const row = found as Readonly<Record<string, unknown>>;
    const value = (column: Column): unknown => row[`t_${column}`] ?? row[`T_${column.toUpperCase()}`] ?? undefined;
    const state = value("state");
    if (state !== undefined && !activeStates.includes(String(state))) return { unavailable: String(state) };
    const engine = String(value("engine") ?? options.drivers[0]?.name);
    const wanted = engine.toLowerCase().split("+", 1)[0] ?? "";
    const driver = options.drivers.find((it) => it.name === wanted || it.schemes.includes(wanted));
    if (driver === undefined) {
      throw new ConfigurationError(`tenantTable: no driver answers to the engine "${engine}" of tenant "${tenant}"`);
    }
    const sealed = value("password");
    const given = {
      host: value("host"),
      port: value("port") === undefined ? undefined : Number(value("port")),
      database: value("database"),
      user: value("user_name"),
      schema: value("schema"),
      password: passwordOf(tenant, sealed, secrets),
      ...optionsOf(tenant, value("options")),
    };
    const known = Object.fromEntries(Object.entries(given).filter(([, it]) => it !== undefined));
    const version = value("version");
    const database = defineDatabase(driver as Driver, known);
    return version === undefined ? { database } : { database, version: String(version) };
  };
}

function passwordOf(tenant: string, sealed: unknown, secrets: TenantTableOptions["secrets"]): unknown {
  if (sealed === undefined || secrets === undefined) return sealed;
  return () => secrets.open(String(sealed), { tenant, field: "password" });
}

/** @throws ConfigurationError for what is no JSON object; says nothing of its text, which may hold secrets */
function optionsOf(tenant: string, found: unknown): object {
  if (found === undefined) return {};
  let options: unknown = found;
  if (typeof found === "string") {
    try {
      options = JSON.parse(found);
    } catch {
      options = undefined;
    }
  }
  if (typeof options === "object" && options !== null && !Array.isArray(options)) return options;
  throw new ConfigurationError(`tenantTable: the options of tenant "${tenant}" are no JSON object`);
}
