import { conformance, type ReferenceServer, referenceServer, referenceSubject } from "@nsj/mdb-testkit";
import { afterAll, beforeAll, describe, it } from "vitest";

let server: ReferenceServer;

beforeAll(async () => {
  server = await referenceServer();
});

afterAll(async () => {
  await server.close();
});

conformance(
  { describe, it, before: beforeAll, after: afterAll },
  referenceSubject(() => server),
);
