import { systemClock } from "@nsj/mdb-core";
import { expect, it } from "vitest";
import { Interruption } from "../src/interruption.ts";

it("gives the order to stop again while the statement goes on: the server forgets one that overtakes it", async () => {
  const answer = Promise.withResolvers<void>();
  let orders = 0;
  const interruption = new Interruption({
    clock: systemClock,
    answer: () => answer.promise,
    kill: async () => {
      orders++;
      if (orders === 3) answer.resolve();
    },
  });
  interruption.begin();
  await interruption.ask({ deadline: Number.POSITIVE_INFINITY });
  expect(orders).toBe(3);
  expect(() => interruption.check()).toThrow("given up");
});

it("gives no order where no statement runs, and lets none begin", async () => {
  const interruption = new Interruption({
    clock: systemClock,
    answer: () => undefined,
    kill: async () => expect.unreachable(),
  });
  interruption.begin();
  await interruption.ask({ deadline: Number.POSITIVE_INFINITY });
  expect(() => interruption.check()).toThrow("given up");
});
