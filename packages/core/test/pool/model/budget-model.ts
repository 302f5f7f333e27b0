import { ConnectionBudget } from "../../../src/pool/index.ts";
import { FakeClock } from "../fake-clock.ts";
import { Chance, expectThat } from "./chance.ts";
import { PoolModel } from "./pool-model.ts";

/** Several modelled pools on one budget: each keeps its own promises, and the budget keeps its one. */
export class BudgetModel {
  readonly budget: ConnectionBudget;
  readonly models: readonly [PoolModel, ...PoolModel[]];
  readonly #chance: Chance;
  readonly #clock: FakeClock;

  constructor(seed: number) {
    const chance = new Chance(seed);
    const clock = new FakeClock();
    const patienceMs = chance.pick([0, 10, 10, Number.POSITIVE_INFINITY] as const);
    // At least as many as the largest of the pools may have by itself, so that each can be as good as new.
    this.budget = new ConnectionBudget({ max: 5 + chance.below(3), patienceMs });
    const company = { clock, budget: this.budget };
    const pool = (): PoolModel => new PoolModel(chance.below(1_000_000_000), company);
    this.models = [pool(), pool(), pool(), pool()];
    this.#chance = chance;
    this.#clock = clock;
  }

  /** One random operation on one of the pools, and every check on all of them. */
  async step(): Promise<void> {
    await this.#chance.pick(this.models).step();
    this.check();
  }

  /** Every pool comes back to its best, one after the other. */
  async recover(): Promise<void> {
    for (let round = 0; round < 35; round++) {
      for (const model of this.models) model.calm();
      await this.#clock.advance(1_000);
    }
    for (const model of this.models) await model.expectGood();
    for (const model of this.models) await model.expectServes();
    this.check();
  }

  /** Closes them all. Nothing of the budget is left in use. */
  async finish(): Promise<void> {
    for (const model of this.models) {
      await model.finish();
      this.#checkBudget();
    }
    const { used, starving } = this.budget.stats();
    expectThat(
      used === 0 && starving === 0,
      `${used} connections are counted and ${starving} pools starve after the end`,
    );
  }

  /** @throws Error naming the promise that is broken */
  check(): void {
    for (const model of this.models) model.check();
    this.#checkBudget();
  }

  #checkBudget(): void {
    const { used, max } = this.budget.stats();
    const sum = this.models.reduce((total, { pool }) => total + pool.stats().total, 0);
    expectThat(used === sum, `the budget counts ${used}, the pools have ${sum}`);
    expectThat(sum <= max, `${sum} connections are over the budget of ${max}`);
    if (!this.models.every(({ honoursAbort }) => honoursAbort)) return;
    const physical = this.models.reduce((total, model) => total + model.physical, 0);
    expectThat(physical <= max, `${physical} physical connections are over the budget of ${max}`);
  }
}
