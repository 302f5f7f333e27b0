import type { Database } from "@nsj/mdb-core";
import { clockFindings } from "./clock.ts";
import type { Examination, Limit, Symptom } from "./finding.ts";
import { type Look, lookAt } from "./look.ts";

interface OracleFacts {
  readonly name: string;
  readonly role: string;
  readonly protocol: string | null;
  readonly cloud: string | null;
  readonly user: string;
  readonly clock_ms: number | string;
}

/** What every user may ask. */
const oracleFacts = `
  select sys_context('userenv', 'db_unique_name') || '/' || sys_context('userenv', 'con_name') as "name",
    sys_context('userenv', 'database_role') as "role", sys_context('userenv', 'network_protocol') as "protocol",
    sys_context('userenv', 'cloud_service') as "cloud", sys_context('userenv', 'session_user') as "user",
    (cast(sys_extract_utc(systimestamp) as date) - date '1970-01-01') * 86400000 as "clock_ms"
  from dual`;

/** Looks at an Oracle. */
export async function examineOracle(database: Database, timeoutMs: number): Promise<Examination> {
  const before = Date.now();
  const facts = await database.queryOne<OracleFacts>(oracleFacts, [], { name: "mdb doctor", timeoutMs });
  const after = Date.now();
  const { name } = facts;
  const limits: Limit[] = [];
  const rest = await lookAt(
    [
      versionLook(database, facts, timeoutMs),
      textsLook(database, timeoutMs),
      userLook(database, facts, limits, timeoutMs),
      serverLook(database, facts, limits, timeoutMs),
      commitLook(database, timeoutMs),
    ],
    2 * timeoutMs,
  );
  // The server's clock is read in whole seconds.
  const clock = clockFindings(Number(facts.clock_ms), before - 1_000, after);
  return { symptoms: [...standby(facts), ...encryption(facts), ...clock, ...rest], limits, place: name };
}

function standby({ role }: OracleFacts): Symptom[] {
  if (role === "PRIMARY") return [];
  const seen = `the database is a ${role.toLowerCase()}`;
  const advice = "let a label that writes go to the primary";
  return [{ level: "warning", check: "standby", seen, why: "it refuses writes", advice }];
}

function encryption({ protocol }: OracleFacts): Symptom[] {
  if (protocol === "tcps") return [{ level: "info", check: "tls", seen: "the connection is one of TCPS" }];
  if (protocol === "tcp")
    return [
      {
        level: "warning",
        check: "tls",
        seen: "the connection is one of TCP, without TLS",
        why: "rows can be read and changed on the way, unless the server encrypts by other means",
        advice: "connect by tcps, with the certificates of the server's wallet",
      },
    ];
  return [];
}

function versionLook(database: Database, { cloud }: OracleFacts, timeoutMs: number): Look {
  return {
    check: "version",
    unknown: "which version it is",
    needs: "grant select on product_component_version",
    find: async () => {
      const text = 'select min(product) as "product", min(version) as "version" from product_component_version';
      const { product, version } = await database.queryOne<Record<"product" | "version", string>>(text, [], {
        timeoutMs,
      });
      const where = cloud === null ? "" : `, of Oracle's cloud (${cloud})`;
      return [{ level: "info", check: "version", seen: `${product.trim()} ${version}${where}` }];
    },
  };
}

function textsLook(database: Database, timeoutMs: number): Look {
  return {
    check: "encoding",
    unknown: "which characters it can keep",
    needs: "grant select on nls_database_parameters",
    find: async () => {
      const text = "select value from nls_database_parameters where parameter = 'NLS_CHARACTERSET'";
      const charset = await database.queryScalar<string>(text, [], { timeoutMs });
      if (/^(?:AL32)?UTF/.test(charset)) return [];
      const seen = `the database stores texts in ${charset}`;
      return [{ level: "info", check: "encoding", seen, why: "what it cannot keep becomes a question mark" }];
    },
  };
}

/** A profile's limit counts the sessions of one user. */
function userLook(database: Database, facts: OracleFacts, limits: Limit[], timeoutMs: number): Look {
  return {
    check: "room",
    unknown: "how many sessions the user may have",
    needs: "let the user read user_resource_limits",
    find: async () => {
      const text = `select limit as "limit" from user_resource_limits where resource_name = 'SESSIONS_PER_USER'`;
      const [row] = await database.query<{ limit: string }>(text, [], { timeoutMs });
      const limit = Number(row?.limit);
      const { name, user } = facts;
      if (Number.isInteger(limit))
        limits.push({ identity: `${name} user ${user}`, of: `the user ${user}`, limit, room: limit, own: user });
      return [];
    },
  };
}

function serverLook(database: Database, { name }: OracleFacts, limits: Limit[], timeoutMs: number): Look {
  return {
    check: "room",
    unknown: "whether the pools fit beside what the server has open (processes, sessions)",
    needs: "grant select on v_$resource_limit",
    find: async () => {
      const text = `select resource_name as "what", current_utilization as "used", trim(limit_value) as "most" from v$resource_limit
        where resource_name in ('processes', 'sessions')`;
      const rows = await database.query<{ what: string; used: number; most: string }>(text, [], { timeoutMs });
      for (const { what, used, most } of rows) {
        const limit = Number(most);
        if (Number.isInteger(limit))
          limits.push({
            identity: `${name} ${what}`,
            of: `the server (${what})`,
            limit,
            // The examination's own session is one of them.
            room: limit - Math.max(0, Number(used) - 1),
            own: database.label,
          });
      }
      return [];
    },
  };
}

function commitLook(database: Database, timeoutMs: number): Look {
  return {
    check: "commit-wait",
    unknown: "whether a commit waits until it is on disk",
    needs: "grant select on v_$parameter",
    find: async () => {
      const text = `select name as "name", value as "value" from v$parameter where name in ('commit_wait', 'commit_logging', 'commit_write')`;
      const rows = await database.query<{ name: string; value: string | null }>(text, [], { timeoutMs });
      const loose = rows.find(({ name, value }) => name !== "commit_logging" && /nowait/i.test(value ?? ""));
      if (loose === undefined) return [];
      return [
        {
          level: "warning",
          check: "commit-wait",
          seen: `${loose.name} is ${loose.value}`,
          why: "what was told to be committed may be gone after a crash",
          advice: "alter system set commit_wait = 'WAIT', or accept it knowingly",
        },
      ];
    },
  };
}
