import type { Examined } from "./doctor.ts";
import type { Finding } from "./finding.ts";

/** From this share of a server's room on it is told, in percent. */
const worthTelling = 70;

/** Holds the pools of all labels on one server, of every process, against the connections that the server has room for. */
export function roomFindings(examined: readonly Examined[], processes: number): readonly Finding[] {
  const onServer = Map.groupBy(
    examined.filter(({ server }) => server !== undefined),
    ({ server }) => server?.identity,
  );
  return [...onServer.values()].flatMap((labels): Finding[] => {
    const [first] = labels;
    if (first?.server === undefined) return [];
    const { room, limit } = first.server;
    const wanted = processes * labels.reduce((sum, { database }) => sum + database.stats().max, 0);
    const percent = Math.round((100 * wanted) / Math.max(1, room));
    if (percent <= worthTelling) return [];
    const pools = labels.map(({ database }) => `${database.label}: ${database.stats().max}`).join(", ");
    return [
      {
        level: percent > 100 ? "error" : "warning",
        database: labels.map(({ database }) => database.label).join(", "),
        check: "room",
        seen: `the pools (${pools}) of ${processes === 1 ? "one process" : `${processes} processes`} may open ${wanted} connections; the server has room for ${room} of ${limit}`,
        why: percent > 100 ? "at full load some of them will be refused" : "other programs may take what is left",
        advice: "lower pool.max, raise max_connections, or put a pooler in between",
      },
    ];
  });
}
