import type { Subject } from "../conformance/subject.ts";
import { referenceSql, referenceTypes } from "../reference/reference-subject.ts";
import { FakeConnection } from "./fake-connection.ts";
import type { FakeDriver, FakeOptions } from "./fake-driver.ts";

/** What the conformance suite needs to know to test a fake driver. */
export function fakeSubject(fake: FakeDriver): Subject<FakeOptions> {
  return {
    driver: fake.driver,
    options: () => ({ name: "main" }),
    types: referenceTypes,
    sql: referenceSql,
    url: () => `${fake.driver.name}:main`,
    admin: async () => ({
      identify: async (connection) => (connection instanceof FakeConnection ? String(connection.number) : ""),
      kill: async (identity) => fake.connections[Number(identity) - 1]?.die(),
      close: async () => undefined,
    }),
    traits: { concurrentWrites: false, strictTypes: false, timestampDigits: 3 },
  };
}
