import {
  DatabaseManager,
  defineDatabase,
  NoRowsError,
  onSlow,
  ParameterError,
  planOf,
  type SlowStatement,
} from "@nsj/mdb-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { driver, serverOptions, withServer } from "./support/server.ts";

withServer(() => {
  const databases = new DatabaseManager({
    orders: defineDatabase(driver, { ...serverOptions(), pool: { max: 1 } }),
  });
  const orders = databases.database("orders");
  const scansOf = async (text: string) => (await planOf(orders, text)).scans;

  beforeAll(async () => {
    await orders.execute("drop table if exists planned_orders");
    await orders.execute("drop table if exists planned_lines");
    await orders.execute("drop table if exists planned_calls");
    await orders.execute("drop function if exists planned_note");
    await orders.execute(
      "create table planned_orders (id int primary key, customer int, place varchar(20), made datetime(6), index (place), index (made))",
    );
    await orders.execute("create table planned_lines (id int primary key, note varchar(20))");
    await orders.execute("create table planned_calls (n int)");
    await orders.execute(
      "create function planned_note(n int) returns int deterministic modifies sql data begin insert into planned_calls values (n); return n; end",
    );
    const rows = Array.from({ length: 2_000 }, (_, id) => [id, id % 7, `place ${id}`, "2026-01-01 00:00:00"] as const);
    await orders.bulkInsert("planned_orders", ["id", "customer", "place", "made"], rows);
    await orders.bulkInsert(
      "planned_lines",
      ["id", "note"],
      rows.map(([id]) => [id, `place ${id}`]),
    );
    await orders.execute("analyze table planned_orders, planned_lines");
  });
  afterAll(async () => {
    await orders.execute("drop function planned_note");
    await orders.execute("drop table planned_orders, planned_lines, planned_calls");
    await databases.close();
  });

  describe("a plan", () => {
    it.each([
      ["select * from planned_orders where customer = ?", ["planned_orders"]],
      ["select * from planned_orders where id = ? and place <> '?' -- ?", []],
      ["select * from planned_orders where place = ?", []],
      ["select * from planned_orders where made between ? and ? limit ? offset ?", []],
      ["select * from planned_orders where id in (?, ?, ?)", []],
      ["select o.id from planned_orders o join planned_lines l on l.note = o.place where o.customer = ?", ["l"]],
      ["with found as (select * from planned_orders where customer = ?) select * from found", ["planned_orders"]],
      ["update planned_orders set place = ? where id = ?", []],
      ["delete from planned_orders where customer = ?", ["planned_orders"]],
      ["insert into planned_lines (id, note) values (?, ?)", []],
    ])("of %s says what is read whole", async (text, scans) => expect(await scansOf(text)).toEqual(scans));

    const looked = "select o.id from planned_orders o join planned_lines l on l.note = o.place where o.id = ?";
    it("of what is looked up in a unique index and joined to others is told, or said not to be known", async () => {
      if (driver.name === "mariadb") expect(await scansOf(looked)).toEqual(["l"]);
      else await expect(scansOf(looked)).rejects.toThrow(NoRowsError);
    });

    it("runs nothing, and leaves nothing of the functions that the server calls while it plans", async () => {
      await planOf(orders, "delete from planned_orders where customer = ?");
      await planOf(orders, "insert into planned_lines (id, note) values (?, ?)");
      await planOf(orders, "update planned_orders set customer = 99 where id = planned_note(1)");
      await planOf(orders, "select * from planned_orders where id = planned_note(2)");
      expect(await orders.queryScalar("select count(*) from planned_orders")).toBe(2_000);
      expect(await orders.queryScalar("select count(*) from planned_lines")).toBe(2_000);
      expect(await orders.queryScalar("select count(*) from planned_calls")).toBe(0);
      expect(await orders.queryScalar("select max(customer) from planned_orders")).toBe(6);
    });

    it("is asked outside of the caller's transaction, which commits what it has written", async () => {
      await using wide = new DatabaseManager({
        orders: defineDatabase(driver, { ...serverOptions(), pool: { max: 2 } }),
      });
      const database = wide.database("orders");
      await database.transaction(async (tx) => {
        await tx.execute("insert into planned_calls values (5)");
        await planOf(database, "select * from planned_orders where customer = ?");
      });
      expect(await database.execute("delete from planned_calls where n = 5")).toMatchObject({ rowCount: 1 });
    });

    it("leaves a connection that commits by itself, whatever became of the question", async () => {
      await expect(planOf(orders, "select * from planned_nowhere where id = ?")).rejects.toThrow(/planned_nowhere/);
      await planOf(orders, "select * from planned_orders");
      const open = "select count(*) from information_schema.innodb_trx where trx_mysql_thread_id = connection_id()";
      expect(await orders.queryScalar(open)).toBe(0);
      expect(await orders.queryScalar("select @@sql_mode")).toMatch(/STRICT_/);
      expect(databases.stats()["orders"]).toMatchObject({ total: 1, busy: 0 });
    });

    it("of anything but one statement about rows is refused", async () => {
      for (const text of ["select 1; delete from planned_orders", "drop table planned_orders", "commit"]) {
        await expect(planOf(orders, text)).rejects.toThrow(ParameterError);
      }
    });
  });

  it("comes with a statement that was slow, without its values", async () => {
    const entries: SlowStatement[] = [];
    using _watch = onSlow(databases, { thresholdMs: 0, plan: true }, (entry) => entries.push(entry));
    await orders.query("select * from planned_orders where customer = :id", { id: 987_654 });
    await expect.poll(() => entries).toHaveLength(1);
    expect(entries[0]?.plan?.scans).toEqual(["planned_orders"]);
    expect(JSON.stringify(entries)).not.toContain("987654");
  });
});
