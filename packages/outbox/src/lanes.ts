import { randomInt, randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import { type Database, sql } from "@nsj/mdb-core";
import { laneCount, nobody, type OutboxTables } from "./tables.ts";

/** A lane that this relay has. */
export interface HeldLane {
  readonly lane: number;
  /** Grows with every owner: what was read under one number must not be removed under another. */
  readonly fence: number;
  /** Aborted when the lane is somebody else's, or may be. */
  readonly lost: AbortSignal;
}

interface OwnLane extends HeldLane {
  readonly lose: () => void;
}

interface LaneRow {
  readonly lane: number;
  readonly owner: string;
  readonly beat: number;
  readonly fence: number;
}

/**
 * The lanes of one relay. A lane has one owner at a time. An owner shows that he lives by a number that he counts up; who has seen the same number for
 * the whole of a lease, by his own clock, takes the lane over. So no two clocks are compared, and every engine can do it: each step is one UPDATE
 * that names what it expects. `look` and `release` must not be called at the same time.
 */
export class Lanes {
  /** Who this relay is. */
  readonly owner = randomUUID();
  readonly #database: Database;
  readonly #tables: OutboxTables;
  readonly #leaseMs: number;
  readonly #held = new Map<number, OwnLane>();
  /** Somebody deals with messages of these. */
  readonly #inWork = new Set<number>();
  /** The lanes of others: what was seen last, and since when. */
  readonly #seen = new Map<number, { readonly sign: string; readonly since: number }>();
  /** When the last sign of life was asked for that arrived. */
  #aliveAt = performance.now();

  constructor(database: Database, tables: OutboxTables, leaseMs: number) {
    this.#database = database;
    this.#tables = tables;
    this.#leaseMs = leaseMs;
  }

  /** How many this relay has now. */
  get size(): number {
    return this.#held.size;
  }

  has(lane: number): boolean {
    return this.#held.has(lane);
  }

  /** Those that it has, the one that has waited longest for its turn first. */
  held(): readonly number[] {
    return [...this.#held.keys()];
  }

  /**
   * One that nobody is at, the one that has waited longest for its turn; nobody else gets it until {@link giveBack}.
   * @param isWanted - which ones may be taken
   */
  borrow(isWanted: (lane: number) => boolean): HeldLane | undefined {
    for (const held of this.#held.values()) {
      if (this.#inWork.has(held.lane) || !isWanted(held.lane)) continue;
      this.#inWork.add(held.lane);
      return held;
    }
    return undefined;
  }

  /** It goes to the end of the queue. */
  giveBack({ lane }: HeldLane): void {
    this.#inWork.delete(lane);
    const held = this.#held.get(lane);
    if (held === undefined) return;
    this.#held.delete(lane);
    this.#held.set(lane, held);
  }

  /** Shows that it lives, and takes or gives up lanes. After a lease in which no sign of life arrived, nothing is held any more. */
  async look(): Promise<void> {
    const askedAt = performance.now();
    try {
      await this.#look();
      this.#aliveAt = askedAt;
    } catch (error) {
      if (performance.now() - this.#aliveAt >= this.#leaseMs) for (const lane of this.#held.keys()) this.lost(lane);
      throw error;
    }
  }

  /** Somebody else has it: it is not ours any more. */
  lost(lane: number): void {
    this.#held.get(lane)?.lose();
    this.#held.delete(lane);
  }

  /** Gives all of them up. */
  async release(): Promise<void> {
    this.#held.clear();
    await this.#database.execute(
      sql`delete from ${this.#table} where lane >= ${laneCount} and owner = ${this.owner}`,
      this.#bounds,
    );
    await this.#database.execute(
      sql`update ${this.#table} set owner = ${nobody}, beat = 0 where owner = ${this.owner}`,
      this.#bounds,
    );
  }

  /** A sign of life that takes longer than the lease is none. */
  get #bounds() {
    return { timeoutMs: this.#leaseMs };
  }

  get #table() {
    return sql.raw(this.#tables.lanes);
  }

  async #look(): Promise<void> {
    await this.#database.execute(
      sql`update ${this.#table} set beat = beat + 1 where owner = ${this.owner}`,
      this.#bounds,
    );
    const rows = await this.#rows();
    await this.#beSeen(rows);
    const lanes = rows.filter(({ lane }) => lane < laneCount);
    for (const { lane, owner, fence } of lanes) {
      const held = this.#held.get(lane);
      if (held !== undefined && (owner !== this.owner || held.fence !== fence)) this.lost(lane);
      if (owner === this.owner && !this.#held.has(lane)) this.#hold(lane, fence);
    }
    const free = new Set(rows.filter((row) => row.owner !== this.owner && this.#isFree(row)));
    const relays = new Set([this.owner, ...rows.filter((row) => !free.has(row)).map(({ owner }) => owner)]);
    const share = Math.ceil(laneCount / relays.size);
    for (const row of free) {
      if (row.lane >= laneCount) await this.#forget(row);
      else if (this.#held.size < share) await this.#take(row);
    }
    // One that somebody is at is kept until a later look: its messages would be handed over twice.
    const idle = [...this.#held.keys()].filter((lane) => !this.#inWork.has(lane));
    for (const lane of idle.slice(0, Math.max(0, this.#held.size - share))) await this.#giveUp(lane);
  }

  /** A row of its own, behind those of the lanes: by it others know of a relay that has no lane yet, and leave it some. */
  async #beSeen(rows: readonly LaneRow[]): Promise<void> {
    if (rows.some(({ lane, owner }) => lane >= laneCount && owner === this.owner)) return;
    const lane = randomInt(laneCount, 2 ** 31);
    await this.#database.execute(
      sql`insert into ${this.#table} (lane, owner, beat, fence) values (${lane}, ${this.owner}, 0, 0)`,
      this.#bounds,
    );
  }

  /** Removes the row of a relay that shows no sign of life. */
  async #forget({ lane, owner, beat }: LaneRow): Promise<void> {
    await this.#database.execute(
      sql`delete from ${this.#table} where lane = ${lane} and owner = ${owner} and beat = ${beat}`,
      this.#bounds,
    );
  }

  async #rows(): Promise<readonly LaneRow[]> {
    const rows = await this.#database.query(
      `select lane, owner, beat, fence from ${this.#tables.lanes} order by lane`,
      [],
      { rowMode: "array", ...this.#bounds },
    );
    return rows.map(([lane, owner, beat, fence]) => ({
      lane: Number(lane),
      owner: String(owner),
      beat: Number(beat),
      fence: Number(fence),
    }));
  }

  #isFree({ lane, owner, beat, fence }: LaneRow): boolean {
    if (owner === nobody) return true;
    const sign = `${owner} ${beat} ${fence}`;
    const seen = this.#seen.get(lane);
    if (seen?.sign === sign) return performance.now() - seen.since >= this.#leaseMs;
    this.#seen.set(lane, { sign, since: performance.now() });
    return false;
  }

  #hold(lane: number, fence: number): void {
    const ending = new AbortController();
    this.#held.set(lane, { lane, fence, lost: ending.signal, lose: () => ending.abort() });
  }

  async #take({ lane, owner, beat, fence }: LaneRow): Promise<void> {
    const { rowCount } = await this.#database.execute(
      sql`update ${this.#table} set owner = ${this.owner}, beat = 0, fence = ${fence + 1} where lane = ${lane} and owner = ${owner} and beat = ${beat} and fence = ${fence}`,
      this.#bounds,
    );
    if (rowCount === 1) this.#hold(lane, fence + 1);
  }

  async #giveUp(lane: number): Promise<void> {
    this.lost(lane);
    await this.#database.execute(
      sql`update ${this.#table} set owner = ${nobody}, beat = 0 where lane = ${lane} and owner = ${this.owner}`,
      this.#bounds,
    );
  }
}
