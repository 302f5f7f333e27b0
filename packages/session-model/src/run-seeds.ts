import { describe, expect, it } from "vitest";
import type { Ground } from "./ground.ts";
import { SessionModel } from "./session-model.ts";

const seedsPerTest = 10;
const treesPerSeed = 10;
/** `MDB_SESSION_SEED=17` runs one seed again. */
const oneSeed = process.env["MDB_SESSION_SEED"];
const seeds = oneSeed === undefined ? Array.from({ length: 100 }, (_, index) => index + 1) : [Number(oneSeed)];
const groups = Array.from({ length: Math.ceil(seeds.length / seedsPerTest) }, (_, index) =>
  seeds.slice(index * seedsPerTest, (index + 1) * seedsPerTest),
);

/** The test that plays a hundred seeds. @param open - a fresh ground, once for each test */
export function sessionsUnderRandomUse(engine: string, open: () => Promise<Ground>): void {
  describe(`sessions under random use, on ${engine}`, () => {
    it.each(groups)("keep every promise, with seeds from %i", { timeout: 180_000 }, async (...group) => {
      const ground = await open();
      let played = 0;
      for (const seed of group) {
        for (let tree = 0; tree < treesPerSeed; tree++, played++) {
          const model = new SessionModel(ground, seed * 1_000 + tree);
          try {
            await model.play();
          } catch (error) {
            const message = `MDB_SESSION_SEED=${seed}, tree ${tree}: ${String(error)}\n${model.trace.join(" ")}`;
            throw new Error(message, { cause: error });
          }
        }
      }
      expect(played).toBe(group.length * treesPerSeed);
    });
  });
}
