import { conformance } from "@nsj/mdb-testkit";
import { afterAll, beforeAll, describe, it } from "vitest";
import { oracleSubject } from "./support/subject.ts";

const asked = process.env["MDB_WIRE_CONFORMANCE"] === "1" || Boolean(process.env["MDB_ORACLE_URL"]);

if (asked) conformance({ describe, it, before: beforeAll, after: afterAll }, oracleSubject());
else {
  it("conforms", (context) => {
    context.skip(
      "Oracle over the wire server is not proven yet: MDB_WIRE_CONFORMANCE=1 or MDB_ORACLE_URL runs the suite",
    );
  });
}
