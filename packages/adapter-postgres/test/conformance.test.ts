import { conformance } from "@nsj/mdb-testkit";
import { afterAll, beforeAll, describe, inject, it } from "vitest";
import { postgresSubject } from "./support/subject.ts";
import { startTlsServer, type TlsServer } from "./support/tls-server.ts";

// A server of the suite's own, because it is crashed on the way; unless the run is about a certain server.
const given = process.env["MDB_POSTGRES_URL"];
const isOwn = given === undefined || given === "";
let own: TlsServer | undefined;

beforeAll(async () => {
  if (isOwn) own = await startTlsServer();
});
afterAll(() => own?.stop());

conformance(
  { describe, it, before: beforeAll, after: afterAll },
  postgresSubject({ url: () => own?.url ?? inject("postgresUrl"), isOwn }),
);
