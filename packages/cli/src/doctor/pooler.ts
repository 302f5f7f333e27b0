import type { Database } from "@nsj/mdb-core";
import type { Symptom } from "./finding.ts";

/** What one connection tells of who answers it. */
interface Answering {
  /** The process that the login named: a pooler makes one up, so that it can find its clients again. */
  readonly named: number | undefined;
  /** The processes that ran statements. */
  readonly ran: ReadonlySet<number>;
}

const rounds = 10;

/** Whether something stands between the application and the server that gives its connections to others in turn. */
export async function poolerFindings(database: Database, timeoutMs: number): Promise<Symptom[]> {
  const { named, ran } = await answering(database, timeoutMs);
  const changes = ran.size > 1;
  if (!changes && (named === undefined || ran.has(named))) return [];
  return [
    {
      level: "warning",
      check: "pooler",
      seen: changes
        ? "statements of one connection reach different processes: there is a pooler in transaction mode in between"
        : "the login named another process than the one that answers: there is a pooler in between",
      why: "in transaction mode prepared statements, LISTEN, session settings and advisory locks do not stay with a connection",
      advice: "say preparedStatements: false there, and set nothing but by SET LOCAL",
    },
  ];
}

function answering(database: Database, timeoutMs: number): Promise<Answering> {
  return database.withConnection(
    async (connection) => {
      const ran = new Set<number>();
      for (let round = 0; round < rounds; round++) ran.add(await connection.queryScalar("select pg_backend_pid()"));
      const { processID } = (connection.raw() ?? {}) as { readonly processID?: unknown };
      return { named: typeof processID === "number" ? processID : undefined, ran };
    },
    { reset: "auto", timeoutMs },
  );
}
