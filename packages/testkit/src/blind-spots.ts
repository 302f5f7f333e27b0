import assert from "node:assert/strict";
import type { Driver } from "@nsj/mdb-core";
import { conformance } from "./conformance/conformance.ts";
import type { TestRunner } from "./conformance/runner.ts";
import type { Subject } from "./conformance/subject.ts";
import { ForwardingConnection } from "./forwarding-connection.ts";
import { type MiniResult, miniRunner } from "./mini-runner.ts";
import { type Deception, deceptions } from "./mutants/deceptions.ts";
import { mutated } from "./mutants/mutation.ts";

/**
 * Registers the proof that the conformance suite sees, on this very engine, what suites tend to overlook: for each of some bugs that look right from
 * outside, a test that puts it into the driver and wants the suite to fail. A bug that no question can find here is a skip, with what the questions
 * would need as its reason: a capability that is not declared, or a member of the subject.
 *
 * ```ts
 * blindSpots({ describe, it, before: beforeAll, after: afterAll }, subject);
 * ```
 */
export function blindSpots<Options extends object>(runner: TestRunner, subject: Subject<Options>): void {
  // Each test asks up to three times.
  const timeout = 3 * (subject.timeoutMs ?? 60_000);
  runner.describe(`blind spots of the suite on ${subject.driver.name}`, () => {
    for (const deception of deceptions) {
      runner.it(`catches a driver that ${deception.name}`, { timeout }, async (context) => {
        const reason = await reasonNotToAsk(subject, deception);
        if (reason !== undefined) context.skip(reason);
      });
    }
  });
}

async function reasonNotToAsk<Options extends object>(
  subject: Subject<Options>,
  { caughtBy, connection }: Deception,
): Promise<string | undefined> {
  const reasons: string[] = [];
  for (const question of caughtBy) {
    // Wrapped as well, so that it is the bug that fails and not the wrapping.
    const sound = mutated(subject.driver, { connection: (inner) => new ForwardingConnection(inner) });
    const { outcome, reason = "" } = await answer(question, subject, sound);
    if (outcome === "skip") {
      reasons.push(`${question}: ${reason}`);
      continue;
    }
    assert.equal(outcome, "pass", `"${question}" fails without any bug: ${reason}`);
    const lies = mutated(subject.driver, { connection: (inner) => connection(inner, subject.sql) });
    const lying = await answer(question, subject, lies);
    assert.equal(lying.outcome, "fail", `"${question}" does not see it`);
    return undefined;
  }
  return reasons.join("; ");
}

async function answer<Options extends object>(
  question: string,
  subject: Subject<Options>,
  driver: Driver<Options>,
): Promise<MiniResult> {
  const runner = miniRunner();
  conformance(runner, { ...subject, driver }, { only: [question] });
  const [result] = await runner.run();
  assert.ok(result !== undefined, `"${question}" was asked`);
  return result;
}
