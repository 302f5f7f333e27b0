import { collectYoungGarbage } from "./collect-garbage.ts";
import type { Effort } from "./effort.ts";

/** A contestant that is ready to run. */
export interface Runner {
  readonly name: string;
  /** Performs so many operations and checks each answer. */
  run(operations: number): Promise<void>;
}

/** What one turn of one contestant cost, in microseconds for each operation. */
export interface Sample {
  readonly cpuMicros: number;
  readonly wallMicros: number;
}

/** How the turns are cut. */
export interface Turns {
  readonly effort: Effort;
  /** A turn is a multiple of so many operations: 1 000 where 1 000 callers work at once. */
  readonly atLeast: number;
  /** A turn has exactly so many operations, where one alone takes long. */
  readonly exactly?: number;
  report(progress: string): void;
}

/** However slow an operation is, in milliseconds. */
const longestWarmUpMs = 3_000;

/**
 * Lets the contestants have their turns round by round, every other round in reversed order: so whatever else the machine does hits
 * all of them alike.
 */
export async function interleave(runners: readonly Runner[], turns: Turns): Promise<Map<string, readonly Sample[]>> {
  const { effort, report } = turns;
  const operations = new Map<Runner, number>();
  for (const runner of runners) {
    report(`warming up ${runner.name}`);
    operations.set(runner, await warmUp(runner, turns));
  }
  const samples = new Map<string, Sample[]>(runners.map(({ name }) => [name, []]));
  const rounds = turns.exactly === undefined ? effort.rounds : Math.max(3, Math.ceil(effort.rounds / 3));
  for (let round = 0; round < rounds; round++) {
    report(`round ${round + 1} of ${rounds}`);
    const order = round % 2 === 0 ? runners : runners.toReversed();
    for (const runner of order) samples.get(runner.name)?.push(await turn(runner, operations.get(runner) ?? 1));
  }
  return samples;
}

async function warmUp(runner: Runner, { effort, atLeast, exactly }: Turns): Promise<number> {
  if (exactly !== undefined) {
    await runner.run(exactly);
    return exactly;
  }
  // The first operations connect, compile and fill caches.
  await runner.run(atLeast * 5);
  let count = atLeast;
  let best = Number.POSITIVE_INFINITY;
  const begun = performance.now();
  let performed = 0;
  for (let turns = 1; ; turns++) {
    const { wallMicros } = await turn(runner, count);
    performed += count;
    best = Math.min(best, wallMicros);
    count = Math.max(1, Math.round((effort.blockMs * 1_000) / (best * atLeast))) * atLeast;
    const ms = performance.now() - begun;
    const isWarm = ms >= effort.warmUpMs && (performed >= effort.warmUpOperations || ms >= longestWarmUpMs);
    if (turns >= 3 && isWarm) return count;
  }
}

async function turn(runner: Runner, operations: number): Promise<Sample> {
  collectYoungGarbage();
  const cpuBefore = process.cpuUsage();
  const wallBefore = performance.now();
  await runner.run(operations);
  const wallMs = performance.now() - wallBefore;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { cpuMicros: (user + system) / operations, wallMicros: (wallMs * 1_000) / operations };
}
