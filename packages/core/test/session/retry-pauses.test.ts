import { SerializationError } from "@nsj/mdb-core";
import { FakeClock } from "@nsj/mdb-testkit";
import { expect, it } from "vitest";
import { useTestServer } from "./test-database.ts";

const server = useTestServer();

/** Fires every timer at once, and notes the time that was asked for. */
class HurryingClock extends FakeClock {
  readonly pauses: number[] = [];

  override setTimer(callback: () => void, delayMs: number): ReturnType<FakeClock["setTimer"]> {
    this.pauses.push(delayMs);
    const immediate = setImmediate(callback);
    return { cancel: () => clearImmediate(immediate), ref() {}, unref() {} };
  }
}

it.each([
  ["double, up to the largest that was asked for", { backoffMs: 30, maxBackoffMs: 100 }, [30, 60, 100, 100]],
  ["begin with 20 ms and end with 2 000", {}, [20, 40, 80, 160, 320, 640, 1_280, 2_000, 2_000]],
])("the pauses between attempts %s", async (_, options, pauses) => {
  const clock = new HurryingClock();
  const database = await server.open({}, { clock, random: () => 1 });
  const attempts = pauses.length + 1;
  const failing = database.transaction(() => Promise.reject(new SerializationError("again")), {
    retry: { attempts, ...options },
  });
  await expect(failing).rejects.toThrow("again");
  expect(clock.pauses).toEqual(pauses);
});
