import { DatabaseManager, planOf, UndefinedObjectError } from "@nsj/mdb-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { oracle, oracleDriver } from "../src/index.ts";
import { ownServer } from "./support/server.ts";

// What goes over the wire, by records and scripts: the plans are those of a real server.
const server = ownServer();
const explain = "begin execute immediate 'explain plan set statement_id = ''mdb'' for ' || :1; end;";
const show = "select plan_table_output from table(dbms_xplan.display(null, 'mdb', 'TYPICAL'))";
const lines = [
  "Plan hash value: 1234567890",
  "-------------------------------------------------------",
  "| Id  | Operation                    | Name    | Rows  |",
  "-------------------------------------------------------",
  "|   0 | SELECT STATEMENT             |         |     1 |",
  "|*  1 |  HASH JOIN                   |         |     1 |",
  "|   2 |   TABLE ACCESS BY INDEX ROWID| LINES   |     1 |",
  "|*  3 |    INDEX RANGE SCAN          | LINES_I |     1 |",
  "|*  4 |   TABLE ACCESS FULL          | ORDERS  |     1 |",
  "|   5 |   TABLE ACCESS STORAGE FULL  | my rows |     1 |",
  "-------------------------------------------------------",
];

describe("a plan of Oracle", () => {
  let databases: DatabaseManager<{ orders: ReturnType<typeof oracle> }>;
  let calls: readonly string[];

  beforeAll(() => {
    databases = new DatabaseManager({ orders: oracle({ ...server.options(), pool: { max: 1 } }) });
  });
  beforeEach(async () => {
    await databases.database("orders").queryScalar("select 1 from dual");
    calls = server.own.record();
  });
  afterEach(() => {
    expect(server.own.script.unused).toEqual([]);
    server.own.script.clear();
  });
  afterAll(() => databases.close());

  const plan = (text: string) => planOf(databases.database("orders"), text);

  it("is made by a block that has the text as a value, and shown by Oracle's own package", () => {
    const text = "select * from orders where id = :1";
    expect(oracleDriver.dialect.plans?.ask(text)).toEqual([
      { text: explain, values: [text] },
      { text: show, values: [] },
    ]);
    const answer = { columns: [], rows: lines.map((line) => [line]), affected: null };
    expect(oracleDriver.dialect.plans?.read(answer, text)).toEqual({
      text: lines.join("\n"),
      scans: ["ORDERS", "my rows"],
    });
  });

  it("leaves nothing behind: what it has written is rolled back, and the session put back", async () => {
    server.own.script.once(explain, { kind: "count", count: 0 });
    // Our server has no package that shows plans.
    await expect(plan("select * from orders where id = :1")).rejects.toThrow("ORA-49999");
    expect(server.own.refusals.splice(0)).toHaveLength(1);
    await databases.database("orders").queryScalar("select 1 from dual");
    expect(calls.slice(0, 2)).toEqual([explain, "ROLLBACK"]);
    expect(calls.at(2)).toMatch(/DBMS_SESSION|ALTER SESSION/i);
    expect(calls.slice(3)).toEqual(["select 1 from dual"]);
  });

  it("that is refused leaves a connection as it was", async () => {
    server.own.script.once(explain, { kind: "error", number: 942, words: "table or view does not exist" });
    await expect(plan("select * from nowhere")).rejects.toThrow(UndefinedObjectError);
    await databases.database("orders").queryScalar("select 1 from dual");
    expect(calls).not.toContain("COMMIT");
    expect(databases.stats()["orders"]).toMatchObject({ busy: 0, total: 1 });
  });
});
