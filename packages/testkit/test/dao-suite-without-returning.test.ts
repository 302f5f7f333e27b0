import type { DialectFacts, Driver } from "@nsj/mdb-core";
import { afterAll, beforeAll, describe, it } from "vitest";
import {
  conformance,
  daoSuite,
  type ReferenceOptions,
  type ReferenceServer,
  referenceDriver,
  referenceServer,
  referenceSubject,
} from "../src/index.ts";

// DAOs on engines whose writes give nothing back, played by one that could.

const runner = { describe, it, before: beforeAll, after: afterAll };
const none = { insert: "none", update: "none", delete: "none" } as const;

const engines: Readonly<Record<string, Partial<DialectFacts>>> = {
  "no verb": { returning: none },
  "no verb, and no upsert": { returning: none, upsert: "none" },
  // MariaDB
  "INSERT and DELETE only": { returning: { ...none, insert: "returning", delete: "returning" } },
  // The small engine has a clause for neither, and takes both as they are.
  "no verb, and reads that may be old": { returning: none, lockingRead: "/* for update */", maxInList: 3 },
};

for (const [name, facts] of Object.entries(engines)) {
  describe(`rows come back from ${name}`, () => {
    let server: ReferenceServer | undefined;
    beforeAll(async () => {
      server = await referenceServer();
    });
    afterAll(() => server?.close());
    const driver: Driver<ReferenceOptions> = Object.freeze({
      ...referenceDriver,
      dialect: Object.freeze({ ...referenceDriver.dialect, ...facts }),
    });
    const subject = referenceSubject(() => {
      if (server === undefined) throw new Error("the server is not up");
      return server;
    }, driver);
    conformance(runner, subject, { only: ["dialect"] });
    daoSuite(runner, subject);
  });
}
