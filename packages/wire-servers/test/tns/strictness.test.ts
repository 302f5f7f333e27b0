import oracledb from "oracledb";
import { beforeAll, describe, expect, it } from "vitest";
import { failureOf, rowsOf, useServer } from "./support/client.ts";

const client = useServer();
let connection: oracledb.Connection;
beforeAll(async () => {
  connection = await client.connect();
  await connection.execute(
    `alter session set nls_date_format = 'YYYY-MM-DD HH24:MI:SS' nls_timestamp_format = 'YYYY-MM-DD HH24:MI:SS.FF'
     nls_timestamp_tz_format = 'YYYY-MM-DD HH24:MI:SS.FFTZH:TZM' time_zone = '+00:00'`,
  );
});

const query = (text: string, binds?: oracledb.BindParameters) => rowsOf(connection, text, binds);
const bound = (type: oracledb.DbType, val: unknown) => ({ type, val }) as oracledb.BindParameter;

describe("CHAR", () => {
  beforeAll(async () => {
    await connection.execute("create table padded (c char(5), n nchar(5), v varchar2(5))");
    await connection.execute("insert into padded values ('ab', 'ab', 'ab')");
  });

  it.each(["c", "n"])(
    "%s is compared with a VARCHAR2 bind blank by blank, and with a literal without padding",
    async (column) => {
      const found = (condition: string, value?: unknown) =>
        query(
          `select v from padded where ${condition}`,
          value === undefined ? [] : ([value] as oracledb.BindParameters),
        );
      expect(await found(`${column} = :1`, "ab")).toEqual([]);
      expect(await found(`${column} in (:1)`, bound(oracledb.DB_TYPE_NVARCHAR, "ab"))).toEqual([]);
      expect(await found(`${column} = v`)).toEqual([]);
      expect(await found(`${column} = :1`, "ab   ")).toEqual([["ab"]]);
      expect(await found(`${column} = :1`, bound(oracledb.DB_TYPE_CHAR, "ab"))).toEqual([["ab"]]);
      expect(await found(`${column} = 'ab'`)).toEqual([["ab"]]);
      expect(await query(`select ${column}, length(${column}) from padded`)).toEqual([["ab   ", "5"]]);
    },
  );
});

describe("RETURNING", () => {
  it("of a LONG is ORA-22816, and nothing is changed", async () => {
    await connection.execute("create table noted (id number(3), note long)");
    const out = { dir: oracledb.BIND_OUT, type: oracledb.STRING };
    const failing = () => connection.execute("insert into noted values (1, 'x') returning note into :1", [out]);
    expect(await failureOf(failing)).toMatchObject({ number: 22816 });
    expect(await query("select id from noted")).toEqual([]);
  });
});

describe("text that is read as a date or time", () => {
  beforeAll(async () => {
    await connection.execute(
      "create table moments (d date, t timestamp(3), z timestamp(3) with time zone, l timestamp(3) with local time zone)",
    );
  });

  it.each([
    ["d", "2026-01-02 03:04:05"],
    ["t", "2026-01-02 03:04:05.678"],
    ["z", "2026-01-02 05:04:05.678+02:00"],
    ["l", "2026-01-02 05:04:05.678+02:00"],
  ])("of %s is read by the session's format: %s", async (column, text) => {
    await connection.execute(`insert into moments (${column}) values (:1)`, [text]);
    expect(await query(`select 1 from moments where ${column} = :1`, [text])).toEqual([["1"]]);
  });

  it.each([
    ["d", "2026-01-02 03:04:05.678", 1830],
    ["t", "2026-01-02 03:04:05.678Z", 1830],
    ["t", "2026-01-02T03:04:05.678", 1861],
    ["z", "2026-01-02 03:04:05.678Z", 1858],
    ["l", "2026-01-02 03:04:05.678Z", 1858],
    ["d", "2026-01", 1840],
  ])("of %s has no place for what stands in %s: ORA-%i", async (column, text, number) => {
    expect(await failureOf(() => query(`select 1 from moments where ${column} > :1`, [text]))).toMatchObject({
      number,
    });
    expect(
      await failureOf(() => connection.execute(`insert into moments (${column}) values (:1)`, [text])),
    ).toMatchObject({ number });
  });
});

describe("a global temporary table", () => {
  it.each([
    ["preserve", "1"],
    ["delete", "0"],
  ])("on commit %s rows has rows of its own for each session, and procedures see them", async (what, left) => {
    const table = `own_rows_${what}`;
    await connection.execute(`create global temporary table ${table} (id number(3)) on commit ${what} rows`);
    await connection.execute(
      `create or replace procedure add_row as begin insert into ${table} (id) select count(*) from ${table}; end;`,
    );
    await connection.execute("begin add_row; end;");
    expect(await query(`select id from ${table}`)).toEqual([["0"]]);
    expect(await rowsOf(await client.connect(), `select id from ${table}`)).toEqual([]);
    await connection.commit();
    expect(await query(`select count(*) from ${table}`)).toEqual([[left]]);
    await connection.execute(`drop table ${table}`);
    expect(await failureOf(() => query(`select id from ${table}`))).toMatchObject({ number: 942 });
  });
});

it("says as which types the parameters of a statement came", async () => {
  const recorded = client.server.recordBinds();
  const text = "select :1, :2, :3, :4, :5 from dual";
  await query(text, [
    "a",
    bound(oracledb.DB_TYPE_NVARCHAR, "a"),
    bound(oracledb.DB_TYPE_NCHAR, "a"),
    bound(oracledb.DB_TYPE_NCLOB, "a"),
    1,
  ] as oracledb.BindParameters);
  expect(recorded).toEqual([{ text, types: ["VARCHAR2", "NVARCHAR2", "NCHAR", "NCLOB", "NUMBER"] }]);
});
