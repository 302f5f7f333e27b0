import type { Examined } from "./examined.ts";
import type { Finding, Limit } from "./finding.ts";

/** From this share of the room on it is told, in percent. */
const worthTelling = 70;

interface Share {
  readonly label: string;
  readonly max: number;
  readonly limit: Limit;
}

/** Holds the pools of all labels that share a server, a role or a database, of every process, against the connections that it has room for. */
export function roomFindings(examined: readonly Examined[], processes: number): readonly Finding[] {
  const shares = examined.flatMap(({ database, limits = [] }): readonly Share[] =>
    limits.map((limit) => ({ label: database.label, max: database.stats().max, limit })),
  );
  return [...Map.groupBy(shares, ({ limit }) => limit.identity).values()].flatMap((all) => tight(all, processes));
}

function tight(shares: readonly Share[], processes: number): readonly Finding[] {
  const [tightest] = shares.map((it) => roomOf(it, shares)).toSorted((a, b) => a.room - b.room);
  if (tightest === undefined) return [];
  const { of, room, limit } = tightest;
  const wanted = processes * shares.reduce((sum, { max }) => sum + max, 0);
  const isTooMuch = wanted > room;
  if (!isTooMuch && 100 * wanted <= worthTelling * room) return [];
  const pools = shares.map(({ label, max }) => `${label}: ${max}`).join(", ");
  const program = processes === 1 ? "one process" : `${processes} processes`;
  return [
    {
      level: isTooMuch ? "error" : "warning",
      database: shares.map(({ label }) => label).join(", "),
      check: "room",
      seen: `the pools (${pools}) of ${program} may open ${wanted} connections; ${of} has room for ${room} of ${limit}`,
      why: isTooMuch ? "at full load some of them will be refused" : "other programs may take what is left",
      advice: "lower pool.max, raise the limit, or put a pooler in between",
    },
  ];
}

/** The examination of the other labels had a connection each, which looked like somebody else's. */
function roomOf({ limit }: Share, shares: readonly Share[]): Limit {
  return { ...limit, room: limit.room + shares.filter((it) => it.limit.own !== limit.own).length };
}
