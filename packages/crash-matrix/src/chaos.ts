import { crashPostgres, untilUp } from "@nsj/mdb-wire-servers";
import pg from "pg";
import { type Bed, type Coordinator, startCoordinator } from "./bed.ts";
import type { Topology } from "./points.ts";
import type { Told } from "./task.ts";

/** How a run of random kills is made. */
export interface ChaosOptions extends Topology {
  readonly seconds: number;
  /** How long each coordinator pauses between its decision and the commit of it, in milliseconds: what recovery has to get right. */
  readonly pauseMs: number;
  /** `false`: recovery believes that nothing is decided without writing so. */
  readonly isFenced: boolean;
  /** Whether servers are killed too. */
  readonly killsServers: boolean;
}

/** What a run of random kills has left. */
export interface ChaosResult {
  readonly transactions: number;
  readonly committed: number;
  readonly torn: number;
  readonly toldWrongly: number;
  readonly prepared: number;
  readonly coordinatorKills: number;
  readonly serverKills: number;
}

const coordinatorsAtOnce = 3;
/** Rows of one coordinator. */
const idsEach = 100_000;
let lastRange = 100;

/** Coordinators are killed at random, and servers, while recovery runs without pause and without regard to age. */
export async function chaos(bed: Bed, options: ChaosOptions): Promise<ChaosResult> {
  const { labels, decider, pauseMs, seconds } = options;
  const databases = Object.fromEntries(labels.map((label) => [label, bed.databases[label]]));
  const told: Told[] = [];
  const first = (lastRange + 1) * idsEach;
  const end = Date.now() + seconds * 1_000;
  let coordinatorKills = 0;
  let serverKills = 0;
  const one = async (): Promise<void> => {
    while (Date.now() < end) {
      lastRange += 1;
      const task = { databases, decider, id: lastRange * idsEach, pauseMs, forEver: true, timeoutMs: 10_000 };
      const coordinator: Coordinator = startCoordinator(task);
      await coordinator.speaks;
      await sleep(Math.random() * 1_500);
      coordinator.kill();
      coordinatorKills += 1;
      await coordinator.ended;
      told.push(...coordinator.told);
    }
  };
  const killing = async (): Promise<void> => {
    const servers = labels.filter((label) => label !== "c");
    while (options.killsServers && Date.now() < end) {
      await sleep(2_000 + Math.random() * 3_000);
      const url = bed.databases[servers[Math.floor(Math.random() * servers.length)] ?? "a"];
      await crashPostgres(url).catch(() => undefined);
      serverKills += 1;
      await untilUp(url);
    }
  };
  const recovering = async (): Promise<void> => {
    while (Date.now() < end) {
      await (options.isFenced ? bed.recoverer.recover() : recoverUnfenced(bed)).catch(() => undefined);
      await sleep(5);
    }
  };
  await Promise.all([...Array.from({ length: coordinatorsAtOnce }, one), killing(), recovering()]);
  for (let round = 0; round < 5; round++) await bed.recoverer.recover();
  const sets = await Promise.all(labels.map((label) => idsOf(bed, label, first)));
  const ids = new Set([...sets.flatMap((set) => [...set]), ...told.map(({ id }) => id)]);
  const isThere = (id: number): number => sets.filter((set) => set.has(id)).length;
  return {
    transactions: ids.size,
    committed: [...ids].filter((id) => isThere(id) === sets.length).length,
    torn: [...ids].filter((id) => isThere(id) > 0 && isThere(id) < sets.length).length,
    toldWrongly: told.filter(({ id, outcome }) =>
      outcome === "committed" ? isThere(id) < sets.length : outcome === "rolled back" && isThere(id) > 0,
    ).length,
    prepared: (await bed.recoverer.inDoubt()).length,
    coordinatorKills,
    serverKills,
  };
}

async function idsOf(bed: Bed, label: string, from: number): Promise<ReadonlySet<number>> {
  const rows = await bed.recoverer
    .database(label)
    .query<{ id: number }>("select id from work where id >= :from", { from });
  return new Set(rows.map(({ id }) => id));
}

/** What a recovery does that looks for a decision, and takes it for "rolled back" when there is none. */
async function recoverUnfenced(bed: Bed): Promise<void> {
  for (const { label, identifier, decision } of await bed.recoverer.inDoubt()) {
    if (identifier === undefined || (decision !== "committed" && decision !== "undecided")) continue;
    const client = new pg.Client({ connectionString: bed.databases[label as "a" | "b"] });
    await client.connect();
    const verb = decision === "committed" ? "commit" : "rollback";
    await client.query(`${verb} prepared '${identifier}'`).catch(() => undefined);
    await client.end();
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
