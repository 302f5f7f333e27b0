import { describe, expect, it } from "vitest";
import { PoolModel } from "./model/pool-model.ts";

const steps = 10_000;
const seedsPerTest = 10;
/** `MDB_POOL_SEED=17` runs one seed again. */
const oneSeed = process.env["MDB_POOL_SEED"];
const seeds = oneSeed === undefined ? Array.from({ length: 100 }, (_, index) => index + 1) : [Number(oneSeed)];
const groups = Array.from({ length: Math.ceil(seeds.length / seedsPerTest) }, (_, index) =>
  seeds.slice(index * seedsPerTest, (index + 1) * seedsPerTest),
);

describe("a pool under random use", () => {
  it.each(groups)("keeps every promise, with seeds from %i", { timeout: 120_000 }, async (...group) => {
    for (const seed of group) await run(seed);
    expect(group.length).toBeGreaterThan(0);
  });
});

/** Now and then a pool is closed in the middle of it all and the next one begins. */
async function run(seed: number): Promise<void> {
  let step = 0;
  for (let part = 0; step < steps; part++) {
    const model = new PoolModel(seed * 1_000 + part);
    try {
      const end = Math.min(steps, step + 500 + ((seed * 37 + part * 101) % 2_000));
      for (; step < end; step++) await model.step();
      if (part % 2 === 0) await model.recover();
      await model.finish();
    } catch (error) {
      throw new Error(
        `seed ${seed}, part ${part}, step ${step}: ${String(error)}\n` +
          `options ${JSON.stringify(model.options)}\nstats ${JSON.stringify(model.pool.stats())}\n` +
          `the last steps: ${model.trace.join(", ")}`,
        { cause: error },
      );
    }
  }
}
