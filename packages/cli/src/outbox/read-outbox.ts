import type { Database } from "@nsj/mdb-core";

/** One lane of an outbox. */
export interface Lane {
  readonly lane: number;
  /** Who delivers it: a relay's own id; absent where nobody has it. A relay that died has its lanes until another takes them over. */
  readonly owner: string | undefined;
  /** Messages that wait. */
  readonly waiting: number;
  /** Of these, those that are tried again later. */
  readonly failed: number;
  /** The most attempts that one of them has behind it. */
  readonly attempts: number;
  /**
   * How long the oldest that is due, or has failed, has been waiting, in milliseconds, by the clocks of this machine and of its writer; 0 where none is. One
   * that was put off on purpose waits from then on.
   */
  readonly lagMs: number;
}

/** An outbox at this moment. */
export interface OutboxState {
  readonly lanes: readonly Lane[];
  /** Messages that were given up. */
  readonly dead: number;
}

/** As `@nsj/mdb-outbox` makes them, which need not be there when this runs: its types see to it that what stands here is the same. */
const laneCount: typeof import("@nsj/mdb-outbox").laneCount = 16;
/** As `@nsj/mdb-outbox` writes it where nobody has a lane. */
const nobody = "-";

/** Reads the tables of an outbox; the package itself is not needed for that. @throws UndefinedObjectError where there is none */
export async function readLanes(database: Database, table: string, timeoutMs: number): Promise<OutboxState> {
  const options = { timeoutMs, rowMode: "array" } as const;
  // Behind the lanes the table has a row for each relay that lives.
  const owners = await database.query(
    `select lane, owner from ${table}_lanes where lane < ${laneCount} order by lane`,
    [],
    options,
  );
  const now = Date.now();
  const since: typeof import("@nsj/mdb-outbox").lateSince =
    "case when attempts > 0 or not_before <= written_at then written_at when not_before <= :now then not_before end";
  const counts = await database.query(
    `select lane, count(*), sum(case when attempts > 0 then 1 else 0 end), max(attempts), min(${since}) from ${table} group by lane`,
    { now },
    options,
  );
  const [[dead = 0] = []] = await database.query(`select count(*) from ${table}_dead`, [], options);
  const byLane = new Map(counts.map(([lane, ...rest]) => [Number(lane), rest]));
  const lanes = owners.map(([number, owner]): Lane => {
    const [waiting, failed, attempts, oldest] = byLane.get(Number(number)) ?? [];
    return {
      lane: Number(number),
      owner: owner === nobody ? undefined : String(owner),
      waiting: Number(waiting ?? 0),
      failed: Number(failed ?? 0),
      attempts: Number(attempts ?? 0),
      lagMs: oldest === null || oldest === undefined ? 0 : Math.max(0, now - Number(oldest)),
    };
  });
  return { lanes, dead: Number(dead) };
}
