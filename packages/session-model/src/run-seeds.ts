import { describe, expect, it } from "vitest";
import { Chance } from "./chance.ts";
import { checkPromises, type Tally } from "./checks.ts";
import type { Ground } from "./ground.ts";
import { Play } from "./play.ts";
import { Stage } from "./stage.ts";
import { Tree } from "./tree.ts";

const seedsPerTest = 10;
const playsPerSeed = 10;
/** `MDB_SESSION_SEED=17` runs one seed again, `MDB_SESSION_SEED=101-1000` more of them. */
const [first = 1, last = first === 1 ? 100 : first] = (process.env["MDB_SESSION_SEED"] ?? "")
  .split("-")
  .filter(Boolean)
  .map(Number);
const seeds = Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** The tests that play a hundred seeds. @param open - gives the ground, once for each test @param chosen - plays these instead */
export function sessionsUnderRandomUse(
  engine: string,
  open: () => Promise<Ground>,
  chosen: readonly number[] = seeds,
): void {
  const groups = Array.from({ length: Math.ceil(chosen.length / seedsPerTest) }, (_, index) =>
    chosen.slice(index * seedsPerTest, (index + 1) * seedsPerTest),
  );
  describe(`sessions under random use, on ${engine}`, () => {
    it.each(groups)("keep every promise, with seeds from %i", { timeout: 180_000 }, async (...group) => {
      const ground = await open();
      const tally = { kept: 0, undone: 0, unknown: 0 };
      for (const seed of group) await playSeed(ground, seed, tally);
      expect(Math.min(tally.kept, tally.undone)).toBeGreaterThan(tally.unknown);
    });
  });
}

/** @throws Error that names the seed, the broken promise and everything that was done */
async function playSeed(ground: Ground, seed: number, tally: Tally): Promise<void> {
  const chance = new Chance(seed);
  const stage = new Stage(ground, {
    holdLimitMs: chance.hits(0.15) ? 2_000 : 0,
    maxUses: chance.hits(0.1) ? 5 : Number.POSITIVE_INFINITY,
  });
  await stage.begin();
  for (let count = 0; count < playsPerSeed; count++) {
    const play = new Play(stage);
    try {
      await playOnce(play, chance.fork());
      await checkPromises(play, tally);
    } catch (error) {
      const message = `MDB_SESSION_SEED=${seed}, play ${count + 1}: ${String(error)}\n${play.records.trace.join(" ")}`;
      throw new Error(message, { cause: error });
    }
  }
  await stage.close();
}

async function playOnce(play: Play, chance: Chance): Promise<void> {
  const { stage } = play;
  await stage.patiently(stage.database.execute("delete from model"));
  const trees = Array.from({ length: chance.hits(0.2) ? 2 : 1 }, (_, index) => new Tree(play, index, chance.fork()));
  await stage.patiently(Promise.all(trees.map((tree) => tree.run(trees.length === 1))));
  await stage.patiently(play.end());
}
