import { expect, inject, it } from "vitest";
import { killRelays } from "../src/killed-relays.ts";

it("applies every message once and in its key's order while relays are killed", { timeout: 240_000 }, async () => {
  const result = await killRelays({
    connectionString: inject("postgresUrl"),
    messages: 400,
    kills: 6,
    remembers: true,
  });
  const { takeOvers, ...effects } = result;
  expect(effects).toEqual({ applied: 400, lost: 0, twice: 0, outOfOrder: 0, dead: 0, left: 0 });
  expect(takeOvers).toBeGreaterThan(16);
});
