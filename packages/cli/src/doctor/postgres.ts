import type { Database } from "@nsj/mdb-core";
import { postgresBranches, preparedRoom } from "./branches.ts";
import { clockFindings } from "./clock.ts";
import type { Examination } from "./finding.ts";
import { postgresHost } from "./hosts.ts";
import { lookAt } from "./look.ts";
import { poolerFindings } from "./pooler.ts";
import { type PostgresFacts, postgresFacts } from "./postgres-facts.ts";
import { postgresLimits } from "./postgres-room.ts";
import { settingFindings } from "./postgres-settings.ts";
import { postgresEnds, versionFindings } from "./support-ends.ts";

/** Looks at a PostgreSQL. */
export async function examinePostgres(database: Database, timeoutMs: number): Promise<Examination> {
  const before = Date.now();
  const facts = await database.queryOne<PostgresFacts>(postgresFacts, [], { name: "mdb doctor", timeoutMs });
  const after = Date.now();
  const { version, prepared_limit, identity } = facts;
  const release = String(Math.floor(version / 10_000));
  const rest = await lookAt(
    [
      {
        check: "in-doubt",
        unknown: "whether a prepared transaction waits for its end",
        needs: "let the role read pg_prepared_xacts",
        find: () => postgresBranches(database, timeoutMs),
      },
      {
        check: "pooler",
        unknown: "whether there is a pooler in between",
        needs: "look at what the address leads to",
        find: () => poolerFindings(database, timeoutMs),
      },
      {
        check: "host",
        unknown: "whether this is a PostgreSQL or something that answers like one",
        needs: "look at what the address leads to",
        find: () => postgresHost(database, facts.version_text, timeoutMs),
      },
    ],
    3 * timeoutMs,
  );
  return {
    symptoms: [
      ...versionFindings("PostgreSQL", `${release}.${version % 10_000}`, release, postgresEnds),
      ...settingFindings(facts),
      ...clockFindings(Number(facts.clock_ms), before, after),
      ...preparedRoom(prepared_limit, database.stats().max),
      ...rest,
    ],
    limits: postgresLimits(facts),
    place: `${identity}/${facts.database}`,
  };
}
