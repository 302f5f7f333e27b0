import { conformance, fakeDriver, fakeSubject } from "@nsj/mdb-testkit";
import { afterAll, beforeAll, describe, it } from "vitest";

const runner = { describe, it, before: beforeAll, after: afterAll };

const whole = fakeDriver();
conformance(runner, fakeSubject(whole));

const bare = fakeDriver({
  name: "bare",
  capabilities: {
    concurrency: "single",
    cancel: "none",
    stream: "none",
    reset: "none",
    noticesSessionChanges: false,
    prepared: false,
    executeMany: false,
    bulkLoad: false,
    savepoints: "none",
    isolation: [],
    readOnlyTransactions: false,
    multipleResultSets: false,
    procedures: false,
  },
});
conformance(runner, fakeSubject(bare));

afterAll(() => {
  whole.close();
  bare.close();
});
