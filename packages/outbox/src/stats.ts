import type { Database } from "@nsj/mdb-core";
import { lateSince } from "./backlog.ts";
import { laneCount, nobody, type OutboxTables } from "./tables.ts";

/** An outbox at one moment. */
export interface OutboxStats {
  /** Messages that wait, those included that are not due yet. */
  readonly waiting: number;
  /**
   * How long the oldest message that could be handed over, or was tried already, has been waiting: in milliseconds, by the clocks of this machine and of
   * its writer. 0 where there is none.
   */
  readonly lagMs: number;
  readonly dead: number;
  /** Messages that are done and kept; `undefined` without `keepMs`. */
  readonly kept: number | undefined;
  readonly lanes: readonly LaneStats[];
}

/** One lane of an outbox at one moment. */
export interface LaneStats {
  readonly lane: number;
  /** The relay that has it, which may be gone since a moment; `undefined` where nobody has. */
  readonly owner: string | undefined;
  readonly waiting: number;
  readonly lagMs: number;
}

/** Asks the database; one moment only in so far as nobody writes. */
export async function outboxStats(
  database: Database,
  { messages, lanes, dead, done }: OutboxTables,
  isKept: boolean,
): Promise<OutboxStats> {
  const now = Date.now();
  const waiting = await database.query(
    `select lane, count(*), min(${lateSince}) from ${messages} group by lane`,
    { now },
    { rowMode: "array" },
  );
  const byLane = new Map(waiting.map(([lane, count, oldest]) => [Number(lane), { count: Number(count), oldest }]));
  const owners = await database.query(`select lane, owner from ${lanes} where lane < ${laneCount} order by lane`, [], {
    rowMode: "array",
  });
  const all = owners.map(([lane, owner]) => {
    const { count = 0, oldest = null } = byLane.get(Number(lane)) ?? {};
    return {
      lane: Number(lane),
      owner: String(owner) === nobody ? undefined : String(owner),
      waiting: count,
      lagMs: oldest === null ? 0 : Math.max(0, now - Number(oldest)),
    };
  });
  const countOf = async (table: string) => Number(await database.queryScalar(`select count(*) from ${table}`));
  return {
    waiting: all.reduce((sum, lane) => sum + lane.waiting, 0),
    lagMs: Math.max(0, ...all.map(({ lagMs }) => lagMs)),
    dead: await countOf(dead),
    kept: isKept ? await countOf(done) : undefined,
    lanes: all,
  };
}
