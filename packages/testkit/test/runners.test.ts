import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { type ConformanceReport, conformance, fakeDriver, fakeSubject, miniRunner } from "@nsj/mdb-testkit";
import { describe, expect, it } from "vitest";

describe("the conformance suite on other runners", () => {
  it("runs under node:test, and its skips carry their reasons", async () => {
    const file = fileURLToPath(new URL("node-test-main.ts", import.meta.url));
    const child = spawn(process.execPath, ["--conditions=mdb:source", "--test", "--test-reporter=tap", file], {
      stdio: ["ignore", "pipe", "inherit"],
      // The runner marks its children by this; a child of ours is a runner of its own.
      env: { ...process.env, NODE_TEST_CONTEXT: undefined, NODE_OPTIONS: undefined },
    });
    const output = await text(child.stdout);
    expect(output).toMatch(/# fail 0/);
    expect(output).toMatch(/ok \d+ - gives rows as arrays in the order of the columns/);
    expect(output).toMatch(/# SKIP network: absent/);
    expect(Number(/# pass (\d+)/.exec(output)?.[1])).toBeGreaterThan(20);
  });

  it("runs on the small runner, and gives a report that can be published", async () => {
    const fake = fakeDriver();
    const runner = miniRunner();
    let finished: ConformanceReport | undefined;
    const report = conformance(runner, fakeSubject(fake), {
      only: ["query", "savepoints", "connect: says that nobody listens"],
      onReport: (it) => {
        finished = it;
      },
    });
    const results = await runner.run();
    fake.close();
    expect(finished).toBe(report);
    expect(report.failed).toBe(0);
    expect([report.passed, report.skipped]).toEqual([
      results.filter((it) => it.outcome === "pass").length,
      results.filter((it) => it.outcome === "skip").length,
    ]);
    const markdown = report.toMarkdown();
    expect(markdown).toMatch(/^Driver fake, server 3\.\d+/);
    expect(markdown).toContain("| savepoints | 9 | 0 | 0 |");
    expect(markdown).toContain("| connect: says that nobody listens | skip | network: absent |");
  });

  it("counts a case that throws as failed, with its message, and goes on", async () => {
    const fake = fakeDriver();
    fake.script({ on: "savepoint", times: 100, action: { fail: { kind: "other" } } });
    const runner = miniRunner();
    const report = conformance(runner, fakeSubject(fake), { only: ["savepoints"] });
    const results = await runner.run();
    fake.close();
    expect(results.every((it) => it.outcome === "fail")).toBe(true);
    expect(report.failed).toBe(results.length);
    expect(report.results[0]?.reason).toBe("fake: other");
  });
});
