import { connectionBudget, DatabaseManager, defineDatabase } from "@nsj/mdb-core";
import { tenants } from "@nsj/mdb-tenants";
import { expect, it } from "vitest";
import { smallServer } from "./support/small-driver.ts";
import { TestClock } from "./support/test-clock.ts";

const runMs = 4_000;

/** 400 callers of one tenant without a pause, 30 quiet tenants that each ask every 100 ms, 20 connections; by the fake clock. */
async function play({ quiet = 30, patienceMs = 10, noisyMost = 20 } = {}) {
  const clock = new TestClock();
  const server = smallServer(clock, { connectMs: () => 6, queryMs: () => 5 });
  const shops = tenants({
    driver: server.driver,
    budget: connectionBudget({ max: 20, patienceMs }),
    perTenant: { connections: noisyMost },
    resolve: (name) => ({
      database: defineDatabase(server.driver, {
        name,
        pool: { max: name === "noisy" ? 20 : 5, acquireTimeoutMs: 20_000 },
      }),
    }),
  });
  const manager = new DatabaseManager({ shop: shops }, { clock, random: () => 0.5 });
  const shop = manager.database("shop");
  const end = clock.now() + runMs;
  let noisy = 0;
  const waits: number[] = [];
  const pause = (ms: number): Promise<void> => new Promise((resolve) => void clock.setTimer(resolve, ms));
  const load = Array.from({ length: 400 }, () =>
    shops.run("noisy", async () => {
      while (clock.now() < end) {
        await shop.query("select name");
        noisy++;
      }
    }),
  );
  const calm = Array.from({ length: quiet }, (_, index) =>
    shops.run(`quiet${index}`, async () => {
      await pause(300 + index * 7);
      while (clock.now() < end) {
        const began = clock.now();
        await shop.query("select name");
        waits.push(clock.now() - began - 5);
        await pause(100);
      }
    }),
  );
  await clock.advance(runMs + 6_000);
  await Promise.all([...load, ...calm]);
  expect(server.peak).toBeLessThanOrEqual(20);
  const closing = manager.close();
  await clock.advance(100);
  await closing;
  waits.sort((a, b) => a - b);
  const at = (share: number): number => waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? 0;
  return { noisy, p50: at(0.5), p99: at(0.99), asked: waits.length };
}

it("lets a quiet tenant wait for 25 ms, 50 ms at the worst, beside a noisy one that keeps 80 % of its throughput", {
  timeout: 120_000,
}, async () => {
  const alone = await play({ quiet: 0 });
  const together = await play();
  expect(together.p50).toBeLessThanOrEqual(25);
  expect(together.p99).toBeLessThanOrEqual(50);
  expect(together.noisy / alone.noisy).toBeGreaterThanOrEqual(0.8);
  // The clock is a fake one, so these are the same on every machine: a change of them is a change of who gets what.
  expect(alone).toEqual({ noisy: 16_315, p50: 0, p99: 0, asked: 0 });
  expect(together).toEqual({ noisy: 13_696, p50: 17, p99: 19, asked: 915 });
});

it("is fairer still with a limit for each tenant, and needs the hand-over: without it the quiet ones wait until the noisy one ends", {
  timeout: 120_000,
}, async () => {
  expect(await play({ noisyMost: 15 })).toEqual({ noisy: 12_340, p50: 7, p99: 7, asked: 978 });
  expect(await play({ patienceMs: Number.POSITIVE_INFINITY })).toEqual({
    noisy: 16_315,
    p50: 3_708,
    p99: 3_803,
    asked: 30,
  });
});
