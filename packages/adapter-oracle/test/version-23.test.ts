import { type Database, DatabaseManager, sql } from "@nsj/mdb-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { classify } from "../src/errors.ts";
import { oracle } from "../src/index.ts";
import { ownServer } from "./support/server.ts";

// What a server of version 23 sends, and one of version 21, as ours says it is, does not.
const server = ownServer();
let databases: DatabaseManager<{ erp: ReturnType<typeof oracle> }>;
let erp: Database;

beforeAll(() => {
  databases = new DatabaseManager({ erp: oracle({ ...server.options(), pool: { max: 1 } }) });
  erp = databases.database("erp");
});
afterAll(() => databases?.close());

describe("booleans of SQL", () => {
  it("are read as such", async () => {
    server.own.script.once("select active from accounts", {
      kind: "rows",
      columns: [{ name: "ACTIVE", type: "BOOLEAN" }],
      rows: [[true], [false], [null]],
    });
    expect(await erp.query("select active from accounts")).toEqual([
      { active: true },
      { active: false },
      { active: null },
    ]);
  });

  it("are written as 1 and 0, which every version understands", async () => {
    expect(await erp.queryOne(sql`select ${true} + 0 as yes, ${false} + 0 as no from dual`)).toEqual({ yes: 1, no: 0 });
  });
});

it("a violated constraint is still named where the message names table and columns too", () => {
  const message =
    "ORA-00001: unique constraint (SCOTT.PK_EMP) violated on table SCOTT.EMP columns (ID)\nORA-03301: (ORA-00001 details) row with column values (ID:1) already exists";
  const error = Object.assign(new Error(message), { code: "ORA-00001", errorNum: 1, offset: 0 });
  expect(classify(error)).toMatchObject({ kind: "unique", constraint: "pk_emp" });
});
