import type oracledb from "oracledb";
import { beforeAll, describe, expect, it } from "vitest";
import { failureOf, rowsOf, useServer } from "./support/client.ts";

const client = useServer();
let connection: oracledb.Connection;
let other: oracledb.Connection;
beforeAll(async () => {
  connection = await client.connect();
  other = await client.connect();
  await connection.execute(
    "create table emp (id number(5) primary key, name varchar2(10) not null, hired date, pay number(7, 2))",
  );
});

const query = (text: string, binds?: oracledb.BindParameters) => rowsOf(connection, text, binds);

describe("transactions", () => {
  it("begin by themselves and are seen by nobody before they are committed", async () => {
    await connection.execute("insert into emp (id, name) values (1, 'King')");
    expect(connection.transactionInProgress).toBe(true);
    expect(await rowsOf(other, "select name from emp")).toEqual([]);
    await connection.commit();
    expect(connection.transactionInProgress).toBe(false);
    expect(await rowsOf(other, "select name from emp")).toEqual([["King"]]);
    await connection.execute("delete from emp", [], { autoCommit: true });
    expect(await rowsOf(other, "select name from emp")).toEqual([]);
  });

  it("go on after a statement that failed, which undoes itself only", async () => {
    await connection.execute("insert into emp (id, name) values (1, 'King')");
    expect(await failureOf(() => connection.execute("insert into emp (id, name) values (1, 'Queen')"))).toMatchObject({
      number: 1,
    });
    await connection.execute("insert into emp (id, name) values (2, 'Jack')");
    expect(await query("select name from emp order by id")).toEqual([["King"], ["Jack"]]);
    await connection.rollback();
    expect(await query("select name from emp")).toEqual([]);
  });

  it("are committed by a definition, also by one that fails", async () => {
    await connection.execute("insert into emp (id, name) values (1, 'King')");
    await connection.execute("create table anything (id number(1))");
    await connection.rollback();
    expect(await rowsOf(other, "select name from emp")).toEqual([["King"]]);
    await connection.execute("delete from emp");
    expect(await failureOf(() => connection.execute("create table anything (id number(1))"))).toMatchObject({
      number: 955,
    });
    await connection.rollback();
    expect(await rowsOf(other, "select name from emp")).toEqual([]);
  });

  it("go back to savepoints, and know no others", async () => {
    await connection.execute("insert into emp (id, name) values (1, 'King')");
    await connection.execute("savepoint here");
    await connection.execute("insert into emp (id, name) values (2, 'Jack')");
    await connection.execute("rollback to savepoint here");
    await connection.execute("rollback to here");
    expect(await query("select count(*) from emp")).toEqual([["1"]]);
    expect(await failureOf(() => connection.execute("rollback to there"))).toMatchObject({ number: 1086 });
    await connection.rollback();
  });

  it("read their own state in SERIALIZABLE, and refuse to overwrite what came after", async () => {
    await connection.execute("insert into emp (id, name, pay) values (1, 'King', 100)");
    await connection.commit();
    await connection.execute("set transaction isolation level serializable");
    expect(await query("select pay from emp")).toEqual([["100"]]);
    await other.execute("update emp set pay = 200", [], { autoCommit: true });
    expect(await query("select pay from emp")).toEqual([["100"]]);
    expect(await failureOf(() => connection.execute("update emp set pay = 300"))).toMatchObject({ number: 8177 });
    await connection.rollback();
    expect(await query("select pay from emp")).toEqual([["200"]]);
    await connection.execute("update emp set pay = 1");
    expect(await failureOf(() => connection.execute("set transaction read only"))).toMatchObject({ number: 1453 });
    await connection.rollback();
    await connection.execute("set transaction read only");
    expect(await failureOf(() => connection.execute("update emp set pay = 1"))).toMatchObject({ number: 1456 });
    await connection.rollback();
  });

  it("wait for each other, and one of two that wait for each other fails", async () => {
    await connection.execute("insert into emp (id, name) values (2, 'Jack')", [], { autoCommit: true });
    await connection.execute("update emp set pay = 1 where id = 1");
    await other.execute("update emp set pay = 2 where id = 2");
    expect(await failureOf(() => other.execute("select id from emp where id = 1 for update nowait"))).toMatchObject({
      number: 54,
    });
    const crossing = await Promise.allSettled([
      connection.execute("update emp set pay = 1 where id = 2").catch(async (error: unknown) => {
        await connection.rollback();
        throw error;
      }),
      other.execute("update emp set pay = 2 where id = 1").catch(async (error: unknown) => {
        await other.rollback();
        throw error;
      }),
    ]);
    const failures = crossing.flatMap((it) =>
      it.status === "rejected" ? [(it.reason as oracledb.DBError).errorNum] : [],
    );
    expect(failures).toEqual([60]);
    await connection.rollback();
    await other.rollback();
    await connection.execute("delete from emp", [], { autoCommit: true });
  });
});

describe("values", () => {
  it("an empty string is NULL, wherever it comes from", async () => {
    expect(
      await query(
        "select '', case when '' is null then 1 end, length(''), 'a' || '' || 'b', nvl(:1, 'none') from dual",
        [""],
      ),
    ).toEqual([[null, "1", null, "ab", "none"]]);
    expect(await failureOf(() => connection.execute("insert into emp (id, name) values (3, '')"))).toMatchObject({
      number: 1400,
    });
    expect(await failureOf(() => connection.execute("insert into emp (id, name) values (3, :1)", [""]))).toMatchObject({
      number: 1400,
    });
  });

  it("numbers keep every digit", async () => {
    expect(
      await query(
        "select 0.1 + 0.2, 12345678901234567890123456789012345678, 1 / 4, -0.00000000000000000001, 1e20, 7 / 2 from dual",
      ),
    ).toEqual([
      [".3", "12345678901234567890123456789012345678", ".25", "-.00000000000000000001", "100000000000000000000", "3.5"],
    ]);
    expect(
      await query(
        "select cast(1234.567 as number(6, 2)), cast(1234 as number(5, -2)), trunc(-1.5), round(2.5) from dual",
      ),
    ).toEqual([["1234.57", "1200", "-1", "3"]]);
  });

  it("a DATE has a time, and days can be added to it", async () => {
    await connection.execute("alter session set nls_date_format = 'YYYY-MM-DD HH24:MI:SS'");
    expect(
      await query(
        `select to_char(to_date('2026-02-28 13:14:15', 'YYYY-MM-DD HH24:MI:SS') + 1), to_char(date '2024-02-28' + 1),
         date '2026-03-01' - date '2026-02-28', to_char(trunc(to_date('2026-02-28 13:14:15'))), to_char(add_months(date '2026-01-31', 1)) from dual`,
      ),
    ).toEqual([["2026-03-01 13:14:15", "2024-02-29 00:00:00", "1", "2026-02-28 00:00:00", "2026-02-28 00:00:00"]]);
  });

  it("names are upper case but in quotes", async () => {
    const { metaData } = await connection.execute('select 1 as small, 2 as "small", 3 as Mixed from dual');
    expect(metaData?.map(({ dbColumnName }) => dbColumnName)).toEqual(["SMALL", "small", "MIXED"]);
    await connection.execute('create table "Mixed Case" ("id" number(1), ID number(1))');
    await connection.execute('insert into "Mixed Case" ("id", id) values (1, 2)');
    expect(await query('select "id", "ID", iD from "Mixed Case"')).toEqual([["1", "2", "2"]]);
    expect(await failureOf(() => connection.execute('select 1 from "mixed case"'))).toMatchObject({ number: 942 });
  });

  it("columns say their type, precision, scale and whether they can be NULL", async () => {
    const { metaData } = await connection.execute("select * from emp");
    expect(
      metaData?.map(({ name, dbTypeName, precision, scale, nullable, byteSize }) => [
        name,
        dbTypeName,
        precision,
        scale,
        nullable,
        byteSize,
      ]),
    ).toEqual([
      ["ID", "NUMBER", 5, 0, expect.any(Boolean), undefined],
      ["NAME", "VARCHAR2", undefined, undefined, expect.any(Boolean), expect.any(Number)],
      ["HIRED", "DATE", undefined, undefined, true, undefined],
      ["PAY", "NUMBER", 7, 2, true, undefined],
    ]);
  });
});

describe("statements", () => {
  it("DUAL has one row and one column", async () => {
    expect(await query("select * from dual")).toEqual([["X"]]);
    expect(await query("select 1 from dual, dual d2")).toEqual([["1"]]);
  });

  it("pages of rows", async () => {
    const series = "select level as n from dual connect by level <= 10";
    expect(await query(`${series} order by n desc fetch first 2 rows only`)).toEqual([["10"], ["9"]]);
    expect(await query(`select n from (${series}) order by n offset 3 rows fetch next :1 rows only`, [2])).toEqual([
      ["4"],
      ["5"],
    ]);
    expect(await query(`select n from (${series}) where rownum <= 3`)).toEqual([["1"], ["2"], ["3"]]);
  });

  it("sequences and identities", async () => {
    await connection.execute("create sequence seq start with 5 increment by 5");
    expect(await failureOf(() => connection.execute("select seq.currval from dual"))).toMatchObject({ number: 8002 });
    expect(await query("select seq.nextval from dual")).toEqual([["5"]]);
    expect(await query("select seq.nextval, seq.currval from dual")).toEqual([["10", "10"]]);
    await connection.execute(
      "create table counted (id number(5) generated always as identity primary key, note varchar2(5))",
    );
    await connection.execute("insert into counted (note) values ('a')");
    expect(await query("select id, note from counted")).toEqual([["1", "a"]]);
    expect(await failureOf(() => connection.execute("insert into counted (id) values (7)"))).toMatchObject({
      number: 32795,
    });
    expect(await failureOf(() => connection.execute("select nothing.nextval from dual"))).toMatchObject({
      number: 2289,
    });
  });

  it("MERGE inserts and updates", async () => {
    await connection.execute("create table stock (item varchar2(5) primary key, amount number(5))");
    const merge = `merge into stock s using (select :1 as item, :2 as amount from dual) d on (s.item = d.item)
      when matched then update set s.amount = s.amount + d.amount
      when not matched then insert (item, amount) values (d.item, d.amount)`;
    for (const amount of [2, 3]) await connection.execute(merge, ["nut", amount]);
    expect(await query("select item, amount from stock")).toEqual([["nut", "5"]]);
  });

  it("a list of more than a thousand values is ORA-01795", async () => {
    const list = (count: number) => Array.from({ length: count }, (_, index) => index).join(", ");
    expect(await query(`select 1 from dual where 1 in (${list(1000)})`)).toEqual([["1"]]);
    expect(await failureOf(() => query(`select 1 from dual where 1 in (${list(1001)})`))).toMatchObject({
      number: 1795,
    });
  });

  it("a cursor shows what was there when it was opened, and survives a commit", async () => {
    await connection.execute("create table walked (n number(5))");
    await connection.execute("insert into walked select level from dual connect by level <= 300");
    await connection.commit();
    const { resultSet } = await connection.execute<number[]>("select n from walked order by n", [], {
      resultSet: true,
      fetchArraySize: 50,
      prefetchRows: 50,
    });
    expect((await resultSet?.getRows(100))?.length).toBe(100);
    await other.execute("delete from walked", [], { autoCommit: true });
    await connection.execute("insert into walked values (1000)");
    await connection.commit();
    expect((await resultSet?.getRows(1000))?.map(([n]) => n).at(-1)).toBe(300);
    await resultSet?.close();
  });
});
