import { expect, it, vi } from "vitest";
import { interleave } from "../src/measure/interleave.ts";

const effort = { quick: true, rounds: 9, blockMs: 1, warmUpMs: 0, warmUpOperations: 0 };

it("gives everybody a turn in each round, every other round in reversed order", async () => {
  const turns: string[] = [];
  const runner = (name: string) => ({ name, run: async () => void turns.push(name) });
  const samples = await interleave([runner("a"), runner("b")], {
    effort,
    atLeast: 1,
    exactly: 1,
    report: () => undefined,
  });
  expect(turns).toEqual(["a", "b", "a", "b", "b", "a", "a", "b"]);
  expect(samples.get("a")).toHaveLength(3);
});

it("lets a wrong answer stop the run", async () => {
  const run = vi.fn(async () => {
    throw new Error("a wrong answer");
  });
  const wrong = interleave([{ name: "a", run }], { effort, atLeast: 1, report: () => undefined });
  await expect(wrong).rejects.toThrow("a wrong answer");
  expect(run).toHaveBeenCalledTimes(1);
});
