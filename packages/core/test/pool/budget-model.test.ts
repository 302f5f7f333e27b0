import { describe, expect, it } from "vitest";
import { BudgetModel } from "./model/budget-model.ts";

const steps = 1_500;
const seedsPerTest = 10;
/** `MDB_BUDGET_SEED=17` runs one seed again. */
const oneSeed = process.env["MDB_BUDGET_SEED"];
const seeds = oneSeed === undefined ? Array.from({ length: 100 }, (_, index) => index + 1) : [Number(oneSeed)];
const groups = Array.from({ length: Math.ceil(seeds.length / seedsPerTest) }, (_, index) =>
  seeds.slice(index * seedsPerTest, (index + 1) * seedsPerTest),
);

describe("pools that share a budget, under random use", () => {
  it.each(groups)("keep every promise, with seeds from %i", { timeout: 120_000 }, async (...group) => {
    for (const seed of group) await run(seed);
    expect(group.length).toBeGreaterThan(0);
  });
});

async function run(seed: number): Promise<void> {
  const model = new BudgetModel(seed);
  let step = 0;
  try {
    for (; step < steps; step++) await model.step();
    if (seed % 2 === 0) await model.recover();
    await model.finish();
  } catch (error) {
    const pools = model.models.map(
      ({ pool, options, trace }) =>
        `${JSON.stringify(options)} ${JSON.stringify(pool.stats())} ${trace.slice(-20).join(", ")}`,
    );
    throw new Error(
      `seed ${seed}, step ${step}: ${String(error)}\nbudget ${JSON.stringify(model.budget.stats())}\n${pools.join("\n")}`,
      { cause: error },
    );
  }
}
