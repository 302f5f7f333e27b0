import mssql from "mssql";
import { describe, expect, it } from "vitest";
import { useClient } from "./support/client.ts";

const { batch, client, newPool } = useClient();

async function count(table: string): Promise<unknown> {
  return (await batch(`select count(*) as n from ${table}`)).recordset[0]?.["n"];
}

describe("transactions", () => {
  it("survive an error of one statement", async () => {
    await batch("create table s (id int primary key)");
    const transaction = new mssql.Transaction(client());
    await transaction.begin();
    await transaction.request().query("insert into s values (1)");
    await expect(transaction.request().query("insert into s values (1)")).rejects.toMatchObject({ number: 2627 });
    await transaction.request().query("insert into s values (2)");
    await transaction.commit();
    expect(await count("s")).toBe(2);
  });

  it("are undone by an error under XACT_ABORT, and by a failed conversion", async () => {
    await batch("create table x (id int primary key)");
    const text = "begin transaction; insert into x values (1);";
    await expect(batch(`set xact_abort on; ${text} insert into x values (1)`)).rejects.toMatchObject({ number: 2627 });
    await batch("set xact_abort off");
    expect((await batch("select @@trancount as n")).recordset).toEqual([{ n: 0 }]);
    await expect(batch(`${text} select cast('a' as int)`)).rejects.toMatchObject({ number: 245 });
    expect((await batch("select @@trancount as n")).recordset).toEqual([{ n: 0 }]);
    expect(await count("x")).toBe(0);
  });

  it("are doomed inside TRY, and can only be rolled back", async () => {
    const text = `begin transaction; begin try select cast('a' as int) end try
      begin catch select xact_state() as state; if xact_state() = -1 rollback end catch`;
    expect((await batch(text)).recordset).toEqual([{ state: -1 }]);
  });

  it("nest by counting, and have savepoints", async () => {
    await batch("create table n (id int)");
    await batch(`begin transaction; insert into n values (1);
      begin transaction; insert into n values (2); commit;
      save transaction here; insert into n values (3); rollback transaction here;
      insert into n values (4); commit`);
    expect((await batch("select id from n order by id")).recordset.map((it) => it["id"])).toEqual([1, 2, 4]);
    await batch("begin transaction; begin transaction; insert into n values (5); rollback");
    expect(await count("n")).toBe(3);
    await expect(batch("begin transaction; rollback transaction nowhere")).rejects.toMatchObject({ number: 6401 });
    await batch("rollback");
  });

  it("of two sessions collide as their level says", async () => {
    await batch("create table c (id int primary key, n int); insert into c values (1, 0), (2, 0)");
    const others = [await newPool(), await newPool()] as const;
    const [first, second] = others.map((it) => new mssql.Transaction(it)) as [mssql.Transaction, mssql.Transaction];
    await first.begin(mssql.ISOLATION_LEVEL.SNAPSHOT);
    await second.begin(mssql.ISOLATION_LEVEL.SNAPSHOT);
    await first.request().query("select n from c");
    await second.request().query("update c set n = 1 where id = 1");
    await second.commit();
    await expect(first.request().query("update c set n = 2 where id = 1")).rejects.toMatchObject({ number: 3960 });
    for (const it of others) await it.close();
  });

  it("in a deadlock lose one of them, which is rolled back", async () => {
    await batch("create table d (id int primary key, n int); insert into d values (1, 0), (2, 0)");
    const others = [await newPool(), await newPool()] as const;
    const [first, second] = others.map((it) => new mssql.Transaction(it)) as [mssql.Transaction, mssql.Transaction];
    await first.begin();
    await second.begin();
    await first.request().query("update d set n = 1 where id = 1");
    await second.request().query("update d set n = 2 where id = 2");
    const outcomes = await Promise.allSettled([
      first.request().query("update d set n = 1 where id = 2"),
      second.request().query("update d set n = 2 where id = 1"),
    ]);
    const failed = outcomes.filter((it) => it.status === "rejected");
    expect(failed).toMatchObject([{ reason: { number: 1205 } }]);
    const survivor = outcomes[0].status === "fulfilled" ? first : second;
    await survivor.commit();
    const victim = survivor === first ? second : first;
    await expect(victim.commit()).rejects.toMatchObject({ code: "EABORT" });
    for (const it of others) await it.close();
  });

  // It locks the whole table where SQL Server locks the range of a key: this proves that they wait, and nothing about ranges.
  it("with HOLDLOCK let one row in, however many merge at once", async () => {
    await batch("create table h (k int primary key, n int)");
    const pool = await newPool({ pool: { max: 8 } });
    const text = `merge into h with (holdlock) as t using (values (@k)) as s (k) on t.k = s.k
      when matched then update set n = t.n + 1 when not matched then insert (k, n) values (s.k, 1);`;
    await Promise.all(Array.from({ length: 40 }, () => pool.request().input("k", mssql.Int, 1).query(text)));
    await pool.close();
    expect((await batch("select k, n from h")).recordset).toEqual([{ k: 1, n: 40 }]);
  });

  it("wait for locks as long as LOCK_TIMEOUT says", async () => {
    await batch("create table w (id int); insert into w values (1)");
    const other = await newPool();
    const holder = new mssql.Transaction(other);
    await holder.begin();
    await holder.request().query("update w set id = 2");
    await expect(batch("set lock_timeout 50; update w set id = 3")).rejects.toMatchObject({ number: 1222 });
    await batch("set lock_timeout -1");
    await holder.rollback();
    await other.close();
  });
});
