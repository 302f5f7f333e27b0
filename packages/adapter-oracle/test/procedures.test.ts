import { type Database, DatabaseManager, sql } from "@nsj/mdb-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { oracle } from "../src/index.ts";
import { testServer } from "./support/server.ts";

const server = testServer();
let databases: DatabaseManager<{ erp: ReturnType<typeof oracle> }>;
let erp: Database;

beforeAll(async () => {
  databases = new DatabaseManager({ erp: oracle({ ...server.options(), pool: { max: 2 } }) });
  erp = databases.database("erp");
  for (const text of [
    "create table bookings (id number(10) primary key, amount number(20, 4))",
    `create procedure book(p_id in number, p_amount in number, p_total out number, p_all out sys_refcursor) as
     begin
       insert into bookings (id, amount) values (p_id, p_amount);
       select sum(amount) into p_total from bookings;
       open p_all for select id, amount from bookings order by id;
     end;`,
    `create function total return number as
       result number;
     begin
       select nvl(sum(amount), 0) into result from bookings;
       return result;
     end;`,
    `create procedure kinds(n in out number, t in out varchar2, b in out boolean, r in out raw, nothing out varchar2) as
     begin
       n := n + 0.0000000000000001;
       t := t || '!';
       b := not b;
       nothing := '';
     end;`,
  ])
    await erp.execute(text);
});
afterAll(() => databases?.close());
beforeEach(() => erp.execute("delete from bookings"));

const book = (id: number, amount: string) => ({
  p_id: id,
  p_amount: amount,
  p_total: sql.out("number(30, 4)"),
  p_all: sql.out("sys_refcursor"),
});

describe("a procedure", () => {
  it("gives its outputs exactly, and the rows of its cursors with names in lower case", async () => {
    await erp.call("book", book(1, "1234567890123456.1234"));
    const { out, resultSets } = await erp.call("book", book(2, "0.0001"));
    expect(out).toEqual({ p_total: "1234567890123456.1235" });
    expect(resultSets.map(({ rows }) => rows)).toEqual([
      [
        { id: 1, amount: "1234567890123456.1234" },
        { id: 2, amount: "0.0001" },
      ],
    ]);
  });

  it("works in the transaction of its caller, and is undone with it", async () => {
    await erp.transaction(async (tx) => {
      await tx.execute("insert into bookings values (1, 1)");
      const { out, resultSets } = await tx.call("book", book(2, "2"));
      expect(out).toEqual({ p_total: "3" });
      expect(resultSets[0]?.rows).toHaveLength(2);
      await tx.savepoint((inner) => inner.call("book", book(2, "9"))).catch(() => undefined);
      expect((await tx.call("total", { return: sql.out("number") })).returnValue).toBe(3);
      expect(await erp.queryScalar("select count(*) from bookings")).toBe(2);
    });
    const undone = erp.transaction(async (tx) => {
      await tx.call("book", book(3, "3"));
      throw new Error("undo");
    });
    await expect(undone).rejects.toThrow("undo");
    expect(await erp.queryScalar("select count(*) from bookings")).toBe(2);
  });

  it("takes and gives every kind of value both ways", async () => {
    const { out } = await erp.call("kinds", {
      n: sql.inout("number(38, 16)", "99999999999999999999.0000000000000001"),
      t: sql.inout("varchar2(20)", "\u{1f600}"),
      b: sql.inout("boolean", true),
      r: sql.inout("raw(4)", Buffer.from([1, 255])),
      nothing: sql.out("varchar2(10)"),
    });
    expect(out).toEqual({
      n: "99999999999999999999.0000000000000002",
      t: "\u{1f600}!",
      b: false,
      r: Buffer.from([1, 255]),
      nothing: null,
    });
  });
});
