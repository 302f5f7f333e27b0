import type { Mutant } from "./mutant.ts";

const source = "packages/testkit/src";

/** Faults of the conformance suite itself. */
export const testkitMutants: readonly Mutant[] = [
  {
    fault: "the report of the suite is lost with a server that is gone by the end of it",
    file: `${source}/conformance/conformance.ts`,
    text: "        options.onReport?.(report);",
    replacement: "        if (report.serverVersion !== undefined) options.onReport?.(report);",
    noticedBy: ["packages/testkit/test/report.test.ts"],
  },
  {
    fault: "a question that sees no bug passes for one that does",
    file: `${source}/blind-spots.ts`,
    text: `    assert.equal(lying.outcome, "fail", `,
    replacement: `    assert.notEqual(lying.outcome, "skip", `,
    noticedBy: ["packages/testkit/test/blind-spots.test.ts"],
  },
  {
    fault: "a question that fails anyway passes for one that sees the bug",
    file: `${source}/blind-spots.ts`,
    text: `    assert.equal(outcome, "pass", `,
    replacement: `    assert.notEqual(outcome, "skip", `,
    noticedBy: ["packages/testkit/test/blind-spots.test.ts"],
  },
  {
    fault: "a fixture that cannot be removed hangs the suite",
    file: `${source}/conformance/suite.ts`,
    text: "    return this.#inTime(connection.query({ text, values: [] }, context), text);",
    replacement: "    return connection.query({ text, values: [] }, context);",
    noticedBy: ["packages/testkit/test/hanging.test.ts"],
  },
];
