import type { Limit } from "./finding.ts";
import type { PostgresFacts } from "./postgres-facts.ts";

/** What bounds the connections to a PostgreSQL: the server, the role, the database. What others have open is not there for this application. */
export function postgresLimits(facts: PostgresFacts): readonly Limit[] {
  const { identity, limit, reserved, used, own, role, role_limit, database, database_limit, superuser } = facts;
  const server: Limit = { identity, of: "the server", limit, room: limit - reserved - (used - own), own: role };
  // Neither holds for a superuser.
  if (superuser) return [server];
  const others = facts.used_in_database - facts.own_in_database;
  const all: readonly Limit[] = [
    server,
    { identity: `${identity} role ${role}`, of: `the role "${role}"`, limit: role_limit, room: role_limit, own: role },
    {
      identity: `${identity} database ${database}`,
      of: `the database "${database}"`,
      limit: database_limit,
      room: database_limit - others,
      own: role,
    },
  ];
  // -1 is none.
  return all.filter((it) => it.limit >= 0);
}
