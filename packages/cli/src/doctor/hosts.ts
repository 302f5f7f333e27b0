import type { Database } from "@nsj/mdb-core";
import type { Symptom } from "./finding.ts";

/** What gives a service away, and what is different there. */
interface Service {
  readonly name: string;
  readonly differs: string;
}

/** What the text of the version begins with, or has in it. */
const kinships: readonly (Service & { readonly sign: RegExp })[] = [
  {
    sign: /CockroachDB/,
    name: "CockroachDB",
    differs: "transactions are serializable and have to be repeated, and there are no advisory locks or LISTEN",
  },
  {
    sign: /-YB-/,
    name: "YugabyteDB",
    differs: "transactions fail with conflicts that PostgreSQL does not have, and DDL is not part of them",
  },
  { sign: /Redshift/, name: "Amazon Redshift", differs: "keys are not enforced, and there are no savepoints" },
];

/** Roles and functions that only a service's own servers have, the most telling first. */
const services: readonly (Service & { readonly role?: string; readonly routine?: string })[] = [
  {
    routine: "aurora_version",
    name: "Amazon Aurora",
    differs: "durability is the storage's: fsync and full_page_writes say nothing; a reader endpoint is a standby",
  },
  {
    role: "rds_superuser",
    name: "Amazon RDS",
    differs: "RDS Proxy cannot be told from here: it pins a connection for what is prepared or set on it",
  },
  {
    role: "azure_pg_admin",
    name: "Azure Database for PostgreSQL",
    differs: "its own PgBouncer listens on port 6432, and works by transaction",
  },
  { role: "cloudsqlsuperuser", name: "Google Cloud SQL", differs: "some settings are the service's to make" },
  {
    role: "neon_superuser",
    name: "Neon",
    differs: "hosts with -pooler in their name are a PgBouncer by transaction; a database that idles is stopped",
  },
  {
    role: "supabase_admin",
    name: "Supabase",
    differs: "port 6543 is a pooler by transaction; LISTEN and prepared statements want port 5432",
  },
];

const text = `
  select array(select rolname::text from pg_roles) as roles, array(select proname::text from pg_proc where proname = 'aurora_version') as routines`;

/** Who runs this server, as far as it gives itself away. Where none does, nothing is said: it may still be some service. */
export async function postgresHost(
  database: Database,
  version: string,
  timeoutMs: number,
): Promise<readonly Symptom[]> {
  const check = "host";
  const kin = kinships.find(({ sign }) => sign.test(version));
  if (kin !== undefined) {
    const advice = "try on it what the application needs: this library's tests have not";
    return [{ level: "warning", check, seen: `this is ${kin.name}, and no PostgreSQL`, why: kin.differs, advice }];
  }
  const { roles, routines } = await database.queryOne<Record<"roles" | "routines", readonly string[]>>(text, [], {
    timeoutMs,
  });
  const found = services.find(({ role = "", routine = "" }) => roles.includes(role) || routines.includes(routine));
  if (found === undefined) return [];
  return [{ level: "info", check, seen: `this is ${found.name}`, why: found.differs }];
}
