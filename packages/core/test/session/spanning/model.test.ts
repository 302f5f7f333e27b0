import { expect, it } from "vitest";
import { type Ending, endTogether } from "../../../src/session/spanning/protocol.ts";
import { recoverBranches } from "../../../src/session/spanning/recovery.ts";
import { FakeDecider, FakePart, FakeServer, type Loss, type Stop, stops, type Touch, World } from "./fake-world.ts";

const touches: readonly Touch[] = ["untouched", "read", "written"];

interface Outcome {
  /** What the caller was told; `undefined` where the coordinator died. */
  readonly told: Ending["outcome"] | undefined;
  /** What became of those that had written. */
  readonly written: readonly string[];
  readonly prepared: number;
  /** How many messages there were. */
  readonly messages: number;
}

/** Runs one transaction over a decider and two branches, with one loss and one stop, and recovery until nothing is left. */
async function play(
  touched: readonly [Touch, Touch, Touch],
  loss: Loss | undefined,
  stop: Stop | undefined,
  isFenced = true,
): Promise<Outcome> {
  const world = new World(loss, stop);
  const servers = touched.map((touch, index) => new FakeServer(world, "dab"[index] as string, index + 1, touch));
  const [first, ...others] = servers as [FakeServer, FakeServer, FakeServer];
  const decider = new FakeDecider(first, isFenced);
  const recover = () => recoverBranches(servers, async () => decider);
  world.whileAsleep = recover;
  const ending = endTogether([decider, ...others.map((it) => new FakePart(it))], decider);
  const told = await Promise.race([ending.then(({ outcome }) => outcome), world.died.promise.then(() => undefined)]);
  // The loss may hit the first of these; the last one finds nothing any more.
  for (let round = 0; round < 3; round++) await recover();
  return {
    told,
    written: servers.filter((it) => it.hasWritten).map((it) => it.status),
    prepared: servers.filter((it) => it.status === "prepared").length,
    messages: world.count,
  };
}

/** Every combination of what was touched, of one loss, and of one stop. */
async function* everything(isFenced = true): AsyncGenerator<readonly [Outcome, () => string]> {
  for (const d of touches) {
    for (const a of touches) {
      for (const b of touches) {
        const touched = [d, a, b] as const;
        const { messages } = await play(touched, undefined, undefined, isFenced);
        // A sleep and a loss make more messages than there are without.
        const places = Array.from({ length: messages + 8 }, (_, index) => index);
        const losses: (Loss | undefined)[] = [undefined];
        for (const message of places) losses.push({ message, when: "before" }, { message, when: "after" });
        const stopped: (Stop | undefined)[] = [undefined];
        for (const message of places) for (const how of stops) stopped.push({ message, how });
        for (const loss of losses) {
          for (const stop of stopped) {
            yield [await play(touched, loss, stop, isFenced), () => JSON.stringify({ touched, loss, stop })];
          }
        }
      }
    }
  }
}

function faultsOf({ told, written, prepared }: Outcome): readonly string[] {
  const faults: string[] = [];
  const all = new Set(written);
  if (all.size > 1) faults.push(`torn: ${written.join()}`);
  if (prepared > 0) faults.push("left prepared");
  if (told === "committed" && all.has("rolled back")) faults.push("told committed");
  if (told === "rolled back" && all.has("committed")) faults.push("told rolled back");
  return faults;
}

it("commits everywhere or nowhere, leaves nothing prepared and tells the truth, whatever one message and one stop do", async () => {
  const wrong: string[] = [];
  const outcomes = new Map<string, number>();
  let runs = 0;
  for await (const [outcome, what] of everything()) {
    runs++;
    const told = outcome.told ?? "nothing";
    outcomes.set(told, (outcomes.get(told) ?? 0) + 1);
    for (const fault of faultsOf(outcome)) wrong.push(`${fault} ${what()}`);
  }
  expect(wrong).toEqual([]);
  // It was about something: everything that a caller can be told was told.
  expect([...outcomes.keys()].sort()).toEqual(["committed", "nothing", "rolled back", "unknown"]);
  expect(runs).toBeGreaterThan(10_000);
});

it("tells the outcome as unknown only where two things went wrong, or the only writer was lost", async () => {
  for (const message of Array.from({ length: 12 }, (_, index) => index)) {
    for (const when of ["before", "after"] as const) {
      const { told } = await play(["written", "written", "written"], { message, when }, undefined);
      expect(told, `${message} ${when}`).not.toBe("unknown");
    }
  }
});

it("tears without the fence", async () => {
  let torn: string | undefined;
  for await (const [outcome, what] of everything(false)) {
    if (faultsOf(outcome).some((fault) => fault.startsWith("torn"))) torn ??= what();
    if (torn !== undefined) break;
  }
  // The first that is found: recovery comes by once the branches have prepared, and before the decision arrives.
  expect(torn).toContain("is late");
});
