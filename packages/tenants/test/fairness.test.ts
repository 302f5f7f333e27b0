import { DatabaseManager, defineDatabase } from "@nsj/mdb-core";
import { tenants } from "@nsj/mdb-tenants";
import { expect, it } from "vitest";
import { smallServer } from "./support/small-driver.ts";
import { TestClock } from "./support/test-clock.ts";

const runMs = 4_000;

/** 400 callers of one tenant without a pause, 30 quiet tenants that each ask every 100 ms, 20 connections; by the fake clock. */
async function play(isQuietThere: boolean) {
  const clock = new TestClock();
  const server = smallServer(clock, { connectMs: () => 6, queryMs: () => 5 });
  const shops = tenants({
    driver: server.driver,
    connections: 20,
    resolve: (name) => ({
      database: defineDatabase(server.driver, { name, pool: { max: name === "noisy" ? 20 : 5 } }),
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
  const calm = Array.from({ length: isQuietThere ? 30 : 0 }, (_, index) =>
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
  await clock.advance(runMs + 1_000);
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
  timeout: 60_000,
}, async () => {
  const alone = await play(false);
  const together = await play(true);
  expect(together.asked).toBeGreaterThan(500);
  expect(together.p50).toBeLessThanOrEqual(25);
  expect(together.p99).toBeLessThanOrEqual(50);
  expect(together.noisy / alone.noisy).toBeGreaterThanOrEqual(0.8);
});
