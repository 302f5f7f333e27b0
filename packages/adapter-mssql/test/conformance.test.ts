import { conformance } from "@nsj/mdb-testkit";
import { afterAll, beforeAll, describe, it } from "vitest";
import { useServer } from "./support/server.ts";
import { mssqlSubject } from "./support/subject.ts";

const asked = process.env["MDB_WIRE_CONFORMANCE"] === "1" || Boolean(process.env["MDB_MSSQL_URL"]);

if (asked) {
  describe("in clear text", () => {
    conformance({ describe, it, before: beforeAll, after: afterAll }, mssqlSubject(useServer()));
  });
} else {
  it("conforms", (context) => {
    context.skip(
      "SQL Server over the wire server is not proven yet: MDB_WIRE_CONFORMANCE=1 or MDB_MSSQL_URL runs the suite",
    );
  });
}
