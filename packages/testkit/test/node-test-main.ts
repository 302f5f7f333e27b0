import { after, before, describe, it } from "node:test";
import { conformance, fakeDriver, fakeSubject } from "@nsj/mdb-testkit";

// Run by runners.test.ts with `node --test`.
const fake = fakeDriver();
conformance({ describe, it, before, after }, fakeSubject(fake), { only: ["query", "savepoints", "network"] });
after(() => fake.close());
