import oracledb from "oracledb";
import { expect, it } from "vitest";
import { failureOf, rowsOf, useServer } from "./support/client.ts";

const client = useServer({ characterSet: "WE8MSWIN1252" });

it("a database in WE8MSWIN1252 loses what the character set lacks, but for text of the national one", async () => {
  const connection = await client.connect();
  await connection.execute("create table texts (v varchar2(4), n nvarchar2(4), c nclob)");
  const national = (type: oracledb.DbType) => ({ type, val: "\u0416\u20ac" }) as oracledb.BindParameter;
  await connection.execute("insert into texts values (:1, :2, :3)", [
    "\u0416\u20ac",
    national(oracledb.DB_TYPE_NVARCHAR),
    national(oracledb.DB_TYPE_NCLOB),
  ] as oracledb.BindParameters);
  await connection.execute("insert into texts values ('\u0416', :1, null)", ["\u0416\u20ac"]);
  const { rows } = await connection.execute("select v, n, c from texts", [], {
    fetchTypeHandler: ({ dbType }) =>
      dbType === oracledb.DB_TYPE_NCLOB ? { type: oracledb.DB_TYPE_NVARCHAR } : undefined,
  });
  expect(rows).toEqual([
    ["\u00bf\u20ac", "\u0416\u20ac", "\u0416\u20ac"],
    ["\u00bf", "\u00bf\u20ac", null],
  ]);
});

it("it counts its own bytes, one for each character", async () => {
  const connection = await client.connect();
  await connection.execute("create table sizes (v varchar2(4))");
  await connection.execute("insert into sizes values (:1)", ["\u00e4\u20ac\u00e4\u20ac"]);
  expect(await rowsOf(connection, "select lengthb(v) from sizes")).toEqual([["4"]]);
  expect(await failureOf(() => connection.execute("insert into sizes values ('12345')"))).toMatchObject({
    number: 12899,
  });
});
