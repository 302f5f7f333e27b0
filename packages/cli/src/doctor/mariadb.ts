import type { Database } from "@nsj/mdb-core";
import { mysqlBranches } from "./branches.ts";
import { clockFindings } from "./clock.ts";
import type { Examination, Limit } from "./finding.ts";
import { lookAt } from "./look.ts";
import { type MariadbFacts, mariadbFacts } from "./mariadb-facts.ts";
import { mariadbSettingFindings } from "./mariadb-settings.ts";
import { mariadbEnds, mysqlEnds, versionFindings } from "./support-ends.ts";

/** Looks at a MariaDB or MySQL. */
export async function examineMariadb(database: Database, timeoutMs: number): Promise<Examination> {
  const isMysql = database.engine === "mysql";
  const before = Date.now();
  const row = await database.queryOne<MariadbFacts>(mariadbFacts(isMysql), [], { name: "mdb doctor", timeoutMs });
  const after = Date.now();
  const release = /^\d+\.\d+/.exec(row.version)?.[0] ?? row.version;
  let limits: readonly Limit[] = [];
  const rest = await lookAt(
    [
      {
        check: "room",
        unknown: "how many connections the server has room for",
        needs: "let the user run show global status",
        find: async () => {
          limits = await limitsOf(database, row, timeoutMs);
          return [];
        },
      },
      {
        check: "in-doubt",
        unknown: "whether a prepared transaction waits for its end",
        needs: isMysql ? "grant PROCESS and XA_RECOVER_ADMIN to the user" : "grant PROCESS to the user",
        find: () => mysqlBranches(database, timeoutMs),
      },
    ],
    2 * timeoutMs,
  );
  return {
    symptoms: [
      ...versionFindings(isMysql ? "MySQL" : "MariaDB", row.version, release, isMysql ? mysqlEnds : mariadbEnds),
      ...mariadbSettingFindings(row, isMysql),
      ...clockFindings(Number(row.clock_ms), before, after),
      ...rest,
    ],
    limits,
    place: `${row.identity}/${row.name}`,
  };
}

/** The list of processes shows only the own ones to whoever has no PROCESS; the status counts all. */
async function limitsOf(database: Database, row: MariadbFacts, timeoutMs: number): Promise<readonly Limit[]> {
  const { identity, user } = row;
  const [most, own] = [Number(row.most), Number(row.most_own)];
  const [status] = await database.query<{ Value: string }>("show global status like 'Threads_connected'", [], {
    timeoutMs,
  });
  // The examination's own connection is one of them.
  const others = Math.max(0, Number(status?.Value ?? 1) - Number(row.own));
  const server: Limit = { identity, of: "the server", limit: most, room: most - others, own: user };
  if (own === 0) return [server];
  return [server, { identity: `${identity} user ${user}`, of: `the user ${user}`, limit: own, room: own, own: user }];
}
