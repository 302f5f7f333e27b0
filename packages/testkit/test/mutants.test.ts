import {
  conformance,
  miniRunner,
  mutants,
  type ReferenceServer,
  referenceServer,
  referenceSubject,
} from "@nsj/mdb-testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let server: ReferenceServer;

beforeAll(async () => {
  server = await referenceServer();
});

afterAll(async () => {
  await server.close();
});

/** Runs one case of the suite, and says what became of it. */
async function outcomeOf(caughtBy: string, subject: ReturnType<typeof referenceSubject>) {
  const runner = miniRunner();
  conformance(runner, subject, { only: [caughtBy] });
  return runner.run();
}

// That the driver they were made of passes every one of these cases is shown by reference-driver.test.ts.
describe("the conformance suite", () => {
  it("has mutants of its own, each with a name", () => {
    expect(mutants.length).toBeGreaterThanOrEqual(25);
    expect(new Set(mutants.map((it) => it.name)).size).toBe(mutants.length);
  });

  for (const { name, caughtBy, driver } of mutants) {
    it(`catches a driver that ${name}`, async () => {
      // Less patience than with real drivers: many of these wait for ever.
      const subject = { ...referenceSubject(() => server, driver), patienceMs: 1_200 };
      const results = await outcomeOf(caughtBy, subject);
      expect(results.map((it) => it.name)).toHaveLength(1);
      expect(results[0], `${caughtBy} has to fail`).toMatchObject({ outcome: "fail" });
    });
  }
});
