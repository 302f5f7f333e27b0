import { DatabaseManager, NoRowsError, ParameterError, PermissionError, planOf } from "@nsj/mdb-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { mssql } from "../src/index.ts";
import { useServer } from "./support/server.ts";

// What goes over the wire, by records and scripts: the views are those of a real server.
const server = useServer({ wireOnly: true });
const isQuestion = (text: string): boolean => text.includes("sys.dm_exec_query_stats");
const operator = (name: string, inner: string): string =>
  `<RelOp NodeId="0" PhysicalOp="${name}" LogicalOp="${name}"><OutputList><ColumnReference Table="[other]"/></OutputList>${inner}</RelOp>`;
const object = (table: string): string => `<Object Database="[shop]" Schema="[dbo]" Table="${table}" Index="[PK]"/>`;

describe("a plan of SQL Server", () => {
  let databases: DatabaseManager<{ orders: ReturnType<typeof mssql> }>;
  let sent: { readonly text: string; readonly values: readonly unknown[] }[] = [];
  let stop = (): void => {};

  beforeAll(() => {
    databases = new DatabaseManager({ orders: mssql({ ...server.options(), pool: { max: 1 } }) });
  });
  beforeEach(async () => {
    await databases.database("orders").queryScalar("select 1");
    sent = [];
    stop = server.wire?.record(({ text, parameters }) => {
      sent.push({ text, values: parameters.slice(2).map(({ value }) => value) });
    }) as () => void;
  });
  afterEach(() => {
    stop();
    expect(server.wire?.script.unused).toEqual([]);
    server.wire?.script.clear();
  });
  afterAll(() => databases.close());

  const answer = (...plans: string[]): void => {
    const rows = { columns: { query_plan: "nvarchar(max)" }, rows: plans.map((plan) => [plan]) };
    server.wire?.script.once(isQuestion, { rows });
  };
  const plan = (text: string) => planOf(databases.database("orders"), text);

  it("is read from what the server keeps: one query about the text, which neither runs it nor changes the session", async () => {
    answer(`<ShowPlanXML/>`);
    const text = "update orders set place = @p1 where customer = @p2";
    expect(await plan(text)).toEqual({ text: "<ShowPlanXML/>", scans: [] });
    expect(sent.map(({ values }) => values)).toEqual([[text]]);
    const [{ text: question } = { text: "" }] = sent;
    expect(question).toMatch(/^select top \(1\)/);
    expect(question).not.toMatch(/\bset\b|orders/i);
    // The same text has other plans elsewhere.
    expect(question).toContain("= db_id()");
  });

  it("says which tables are read whole, and takes no other operator's table for one", async () => {
    const joined = operator("Hash Match", `${operator("Clustered Index Scan", object("[o]]rders]"))}`);
    const heap = operator("Table Scan", object("[R&amp;D]"));
    const worktable = operator("Table Scan", "") + operator("Clustered Index Seek", object("[lines]"));
    answer(`<ShowPlanXML>${joined}${heap}${worktable}</ShowPlanXML>`);
    expect((await plan("select * from orders where id = @p1")).scans).toEqual(["o]rders", "R&D"]);
  });

  it("that the server does not hold is an error that says so", async () => {
    answer();
    await expect(plan("select * from orders")).rejects.toThrow(NoRowsError);
  });

  it("needs a grant, and says so where it is missing", async () => {
    server.wire?.script.once(isQuestion, {
      error: { number: 300, message: "VIEW SERVER STATE permission was denied" },
    });
    await expect(plan("select * from orders")).rejects.toThrow(PermissionError);
    await expect(plan("exec p")).rejects.toThrow(ParameterError);
  });
});
