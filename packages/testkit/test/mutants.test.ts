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

describe("the driver that the mutants were made of", () => {
  for (const caughtBy of new Set(mutants.map((it) => it.caughtBy))) {
    it(`passes "${caughtBy}"`, async () => {
      const results = await outcomeOf(
        caughtBy,
        referenceSubject(() => server),
      );
      expect(results).toMatchObject([{ outcome: "pass" }]);
    });
  }
});
