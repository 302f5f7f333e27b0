import type { Clock, Timer } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { postgresDriver } from "../src/index.ts";
import { failure } from "./support/driving.ts";
import { fakeServer } from "./support/fake-server.ts";

/** A clock that stands still until somebody moves it. */
class StoppedClock implements Clock {
  #now = -1_000_000;
  readonly #timers = new Map<Timer, { readonly at: number; readonly callback: () => void }>();

  now(): number {
    return this.#now;
  }

  wallNow(): number {
    return 0;
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    const timer: Timer = { cancel: () => this.#timers.delete(timer), ref: () => undefined, unref: () => undefined };
    this.#timers.set(timer, { at: this.#now + delayMs, callback });
    return timer;
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
    for (const [timer, { at, callback }] of [...this.#timers]) {
      if (at <= this.#now && this.#timers.delete(timer)) callback();
    }
  }
}

describe("a connector", () => {
  it("waits by the clock that it was given", async () => {
    const silent = await fakeServer("silence");
    const clock = new StoppedClock();
    const { host, port } = silent;
    const connector = postgresDriver.connector({ host, port, user: "x", sslmode: "disable" }, { clock });
    const heard = silent.connected();
    let settled = false;
    const connecting = failure(() => connector.connect({ deadline: clock.now() + 3_600_000 })).finally(() => {
      settled = true;
    });
    await heard;
    clock.advance(3_599_999);
    await new Promise((resolve) => setImmediate(resolve));
    expect(settled).toBe(false);
    clock.advance(1);
    expect((await connecting).info).toMatchObject({ kind: "connect-timeout", connection: "dead" });
    await silent.close();
  });
});
