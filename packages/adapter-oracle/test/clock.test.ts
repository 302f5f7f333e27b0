import type { Clock, Timer } from "@nsj/mdb-core";
import { expect, it } from "vitest";
import { oracleDriver } from "../src/index.ts";
import { ownServer } from "./support/server.ts";
import { failureOf, rows } from "./support/statements.ts";

const server = ownServer();

/** Time that stands still until it is told to go on, and that began somewhere else than the system's. */
class StillClock implements Clock {
  #now = 5_000_000;
  readonly #timers = new Map<object, { readonly at: number; readonly callback: () => void }>();
  now(): number {
    return this.#now;
  }
  wallNow(): number {
    return this.#now;
  }
  setTimer(callback: () => void, delayMs: number): Timer {
    const timer = { cancel: () => void this.#timers.delete(timer), ref: () => undefined, unref: () => undefined };
    this.#timers.set(timer, { at: this.#now + delayMs, callback });
    return timer;
  }
  get pending(): number {
    return this.#timers.size;
  }
  pass(ms: number): void {
    this.#now += ms;
    for (const [timer, { at, callback }] of this.#timers) {
      if (at > this.#now || !this.#timers.delete(timer)) continue;
      callback();
    }
  }
}

it("every deadline of the adapter is on the clock that its connector was given", async () => {
  const clock = new StillClock();
  const connector = oracleDriver.connector(server.options(), { clock });
  const soon = () => ({ deadline: clock.now() + 1000 });
  const connection = await connector.connect(soon());
  expect(await rows(connection, "select 1 from dual")).toHaveLength(1);
  expect(clock.pending).toBe(0);

  server.own.script.once("PING", { kind: "hang" });
  const calls = server.own.record();
  const ping = failureOf(async () => connection.ping?.(soon()));
  await expect.poll(() => calls).toContain("PING");
  clock.pass(1001);
  expect(await ping).toMatchObject({ kind: "lost" });
  expect(connection.usable).toBe(false);

  server.own.script.once("LOGIN", { kind: "hang" });
  const login = failureOf(() => connector.connect(soon()));
  await expect.poll(() => calls).toContain("LOGIN");
  clock.pass(1001);
  expect(await login).toMatchObject({ kind: "connect-timeout" });
  expect(clock.pending).toBe(0);
});
