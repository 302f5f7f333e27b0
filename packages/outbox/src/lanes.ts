import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import { type Database, sql } from "@nsj/mdb-core";
import { laneCount, nobody, type OutboxTables } from "./tables.ts";

/** A lane that this relay has. */
export interface HeldLane {
  readonly lane: number;
  /** Grows with every owner: what was read under one number must not be removed under another. */
  readonly fence: number;
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
 * that names what it expects.
 */
export class Lanes {
  /** Who this relay is. */
  readonly owner = randomUUID();
  readonly #database: Database;
  readonly #tables: OutboxTables;
  readonly #leaseMs: number;
  readonly #held = new Map<number, HeldLane>();
  /** The lanes of others: what was seen last, and since when. */
  readonly #seen = new Map<number, { readonly sign: string; readonly since: number }>();
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(database: Database, tables: OutboxTables, leaseMs: number) {
    this.#database = database;
    this.#tables = tables;
    this.#leaseMs = leaseMs;
  }

  /** The lanes that this relay has now. Shows that it lives, and takes or gives up lanes, as often as the lease asks for. */
  async current(): Promise<readonly HeldLane[]> {
    if (performance.now() - this.#lookedAt >= this.#leaseMs / 4) {
      this.#lookedAt = performance.now();
      await this.#look();
    }
    return [...this.#held.values()];
  }

  /** Somebody else has it: it is not ours any more. */
  lost(lane: number): void {
    this.#held.delete(lane);
  }

  /** Gives all of them up. */
  async release(): Promise<void> {
    this.#held.clear();
    await this.#database.execute(
      sql`update ${this.#table} set owner = ${nobody}, beat = 0 where owner = ${this.owner}`,
    );
  }

  get #table() {
    return sql.raw(this.#tables.lanes);
  }

  async #look(): Promise<void> {
    await this.#database.execute(sql`update ${this.#table} set beat = beat + 1 where owner = ${this.owner}`);
    const rows = await this.#rows();
    this.#held.clear();
    for (const { lane, owner, fence } of rows) if (owner === this.owner) this.#held.set(lane, { lane, fence });
    const free = rows.filter((row) => row.owner !== this.owner && this.#isFree(row));
    const others = new Set(rows.filter((row) => !free.includes(row)).map(({ owner }) => owner));
    others.delete(this.owner);
    const share = Math.ceil(laneCount / (others.size + 1));
    for (const row of free) if (this.#held.size < share) await this.#take(row);
    const surplus = [...this.#held.keys()].slice(share);
    for (const lane of surplus) await this.#giveUp(lane);
  }

  async #rows(): Promise<readonly LaneRow[]> {
    const rows = await this.#database.query(
      `select lane, owner, beat, fence from ${this.#tables.lanes} order by lane`,
      [],
      { rowMode: "array" },
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

  async #take({ lane, owner, beat, fence }: LaneRow): Promise<void> {
    const { rowCount } = await this.#database.execute(
      sql`update ${this.#table} set owner = ${this.owner}, beat = 0, fence = ${fence + 1} where lane = ${lane} and owner = ${owner} and beat = ${beat} and fence = ${fence}`,
    );
    if (rowCount === 1) this.#held.set(lane, { lane, fence: fence + 1 });
  }

  async #giveUp(lane: number): Promise<void> {
    this.#held.delete(lane);
    await this.#database.execute(
      sql`update ${this.#table} set owner = ${nobody}, beat = 0 where lane = ${lane} and owner = ${this.owner}`,
    );
  }
}
