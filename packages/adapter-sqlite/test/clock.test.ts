import type { Clock, Timer } from "@nsj/mdb-core";
import { describe, expect, it, onTestFinished } from "vitest";
import { sqliteDriver } from "../src/index.ts";
import { failure, isPending, run, temporaryFile } from "./support/database.ts";

/** Time that stands still until it is told to pass, from another origin than the system's. */
class StandingClock implements Clock {
  readonly #timers = new Map<() => void, number>();
  #now = -1e9;

  now(): number {
    return this.#now;
  }

  wallNow(): number {
    return 0;
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    const fire = () => callback();
    this.#timers.set(fire, this.#now + delayMs);
    return { cancel: () => this.#timers.delete(fire), ref() {}, unref() {} };
  }

  pass(milliseconds: number): void {
    this.#now += milliseconds;
    for (const [fire, at] of this.#timers) {
      if (at > this.#now) continue;
      this.#timers.delete(fire);
      fire();
    }
  }
}

describe("a clock of the application's own", () => {
  it("measures deadlines and the patience for locks", async () => {
    const clock = new StandingClock();
    const connector = sqliteDriver.connector({ filename: temporaryFile() }, { clock });
    const open = async () => {
      const connection = await connector.connect({ deadline: clock.now() + 1 });
      onTestFinished(() => connection.destroy());
      return connection;
    };
    const [holder, waiter] = [await open(), await open()];
    await run(holder, "create table t (id integer)");
    holder.begin({});
    await run(holder, "insert into t values (1)");
    const statement = { text: "insert into t values (2)", values: [] };
    const bounded = failure(() => waiter.query(statement, { deadline: clock.now() + 100 }));
    expect(await isPending(bounded)).toBe(true);
    clock.pass(100);
    expect((await bounded).kind).toBe("statement-timeout");
    const patient = failure(() => run(waiter, statement.text));
    clock.pass(4_999);
    expect(await isPending(patient)).toBe(true);
    clock.pass(1);
    expect((await patient).kind).toBe("lock-timeout");
  });
});
