import type { Clock, ErrorInfo, Timer } from "@nsj/mdb-core";
import { expect, it } from "vitest";
import { mssqlDriver } from "../src/index.ts";
import { useServer } from "./support/server.ts";

// What hangs does so by script.
const server = useServer({ wireOnly: true });

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
    for (const [timer, { at, callback }] of this.#timers) if (at <= this.#now && this.#timers.delete(timer)) callback();
  }
}

function recorded(): string[] {
  const texts: string[] = [];
  server.wire?.record(({ text }) => texts.push(text));
  return texts;
}

function failureOf(work: Promise<unknown>): Promise<ErrorInfo> {
  return work.then(
    () => {
      throw new Error("it did not fail");
    },
    (error: unknown) => mssqlDriver.classify(error),
  );
}

it("every deadline of the adapter is on the clock that its connector was given", async () => {
  const clock = new StillClock();
  const connector = mssqlDriver.connector(server.options(), { clock });
  const soon = () => ({ deadline: clock.now() + 1000 });
  const connection = await connector.connect(soon());
  expect((await connection.query({ text: "select 1", values: [] }, soon())).rows).toEqual([[1]]);
  expect(clock.pending).toBe(0);

  const texts = recorded();
  server.wire?.script.once("SELECT 1", { hang: true });
  const ping = failureOf(Promise.resolve(connection.ping?.(soon())));
  await expect.poll(() => texts).toContain("SELECT 1");
  clock.pass(1001);
  expect(await ping).toMatchObject({ kind: "lost" });
  expect(connection.usable).toBe(false);
  expect(clock.pending).toBe(0);
});

it("a login that takes too long by that clock is given up", async () => {
  const clock = new StillClock();
  server.wire?.script.once("LOGIN", { hang: true });
  const connecting = failureOf(
    mssqlDriver.connector(server.options(), { clock }).connect({ deadline: clock.now() + 1000 }),
  );
  await expect.poll(() => server.wire?.script.unused).toEqual([]);
  clock.pass(1001);
  expect(await connecting).toMatchObject({ kind: "connect-timeout" });
  expect(clock.pending).toBe(0);
});

it("a password that never comes is given up too", async () => {
  const clock = new StillClock();
  let asked = false;
  const password = () => {
    asked = true;
    return new Promise<string>(() => {});
  };
  const connector = mssqlDriver.connector(server.options({ password }), { clock });
  const connecting = failureOf(connector.connect({ deadline: clock.now() + 1000 }));
  await expect.poll(() => asked).toBe(true);
  clock.pass(1001);
  expect(await connecting).toMatchObject({ kind: "connect-timeout" });
});
