import { afterAll, beforeAll, describe, it } from "vitest";
import { daoSuite, type ReferenceServer, referenceServer, referenceSubject } from "../src/index.ts";

let server: ReferenceServer | undefined;
beforeAll(async () => {
  server = await referenceServer();
});
afterAll(() => server?.close());

daoSuite(
  { describe, it, before: beforeAll, after: afterAll },
  referenceSubject(() => {
    if (server === undefined) throw new Error("the server is not up");
    return server;
  }),
);
