import { DaoBase, DatabaseManager, type DriverConnection, defineTable, unlimited } from "@nsj/mdb-core";
import { TnsServer } from "@nsj/mdb-wire-servers";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { oracle, oracleDriver } from "../src/index.ts";
import { ownServer } from "./support/server.ts";
import { connected, rows, run } from "./support/statements.ts";

const euro = "\u0416 \u20ac";

describe("text", () => {
  const server = ownServer();
  let connection: DriverConnection;
  beforeAll(async () => {
    connection = await connected(server);
    await run(connection, "create table texts (id number(3), c char(4), n nchar(4), v nvarchar2(9), l nclob)");
  });
  afterAll(() => connection.close(unlimited));

  const types = ["char(4)", "NCHAR", "nvarchar2(9)", "nclob"];
  const hints = [undefined, ...types.map((type) => ({ type }))];

  it("arrives as the type that a hint names, one by one, in an array, and in a call", async () => {
    const recorded = server.own.recordBinds();
    const text = "insert into texts values (:1, :2, :3, :4, :5)";
    await connection.query({ text, values: [1, "ab", "ab", euro, euro], hints }, unlimited);
    await connection.begin({});
    await connection.executeMany?.(
      text,
      [
        [2, "ab", "ab", euro, euro],
        [3, null, null, null, null],
      ],
      unlimited,
      hints,
    );
    await connection.commit();
    const expected = ["NUMBER", "CHAR", "NCHAR", "NVARCHAR2", "NCLOB"];
    expect(recorded.map(({ types: bound }) => bound)).toEqual([expected, expected]);
    expect(await rows(connection, "select c, n, v, l from texts order by id")).toEqual([
      ["ab  ", "ab  ", euro, euro],
      ["ab  ", "ab  ", euro, euro],
      [null, null, null, null],
    ]);
    await run(connection, "create procedure pad(c in char, n in out nvarchar2) as begin n := n || c; end;");
    const { out } = (await connection.call?.(
      {
        procedure: ["PAD"],
        parameters: [
          { name: "c", value: "x", type: "char" },
          { name: "n", value: euro, direction: "inout", type: "nvarchar2(20)" },
        ],
      },
      unlimited,
    )) ?? { out: {} };
    expect(out).toEqual({ n: `${euro}x` });
    expect(recorded.at(-1)?.types).toEqual(["CHAR", "NVARCHAR2"]);
  });

  it("that is said to be a CHAR finds a CHAR without its padding; any other text does not", async () => {
    const found = async (column: string, hint?: string) => {
      const query = { text: `select id from texts where ${column} = :1 and id = 1`, values: ["ab"] };
      return (
        await connection.query({ ...query, ...(hint === undefined ? {} : { hints: [{ type: hint }] }) }, unlimited)
      ).rows;
    };
    expect(await found("c")).toEqual([]);
    expect(await found("c", "char(4)")).toEqual([["1"]]);
    expect(await found("n", "nchar")).toEqual([["1"]]);
  });

  it("comes back through RETURNING without blanks that are not its own", async () => {
    const { columns } = await run(connection, "select c, n, v from texts where 1 = 0");
    const { rows: returned } = await connection.query(
      {
        text: "update texts set id = 1 where id = 1 returning c, n, v into :1, :2, :3",
        values: [],
        returning: columns,
      },
      unlimited,
    );
    expect(returned).toEqual([["ab  ", "ab  ", euro]]);
  });
});

describe("a database in another character set", () => {
  let server: TnsServer;
  let connection: DriverConnection;
  beforeAll(async () => {
    server = await TnsServer.start({
      postgresUrl: inject("postgresUrl"),
      users: { scott: "tiger" },
      characterSet: "WE8MSWIN1252",
    });
    const options = { user: "scott", password: "tiger", connectString: server.connectString };
    connection = await oracleDriver.connector(options).connect(unlimited);
  });
  afterAll(async () => {
    await connection.close(unlimited);
    await server.stop();
    expect([server.faults, server.refusals]).toEqual([[], []]);
  });

  it("keeps what is said to be national text, and replaces in any other text what it has no character for", async () => {
    await run(connection, "create table texts (v varchar2(9), n nvarchar2(9), l nclob)");
    const text = "insert into texts values (:1, :2, :3)";
    await connection.query(
      { text, values: [euro, euro, euro], hints: [undefined, { type: "nvarchar2" }, { type: "nclob" }] },
      unlimited,
    );
    await connection.query({ text, values: [euro, euro, euro] }, unlimited);
    expect(await rows(connection, "select v, n, l from texts")).toEqual([
      ["\u00bf \u20ac", euro, euro],
      ["\u00bf \u20ac", "\u00bf \u20ac", "\u00bf \u20ac"],
    ]);
  });

  it("keeps national text in every write of a DAO, a bulk load among them", async () => {
    await run(connection, "create table labels (id number(5) primary key, n nvarchar2(9), l nclob)");
    const options = { user: "scott", password: "tiger", connectString: server.connectString };
    const databases = new DatabaseManager({ main: oracle(options) });
    const label = defineTable<{ id: number; n: string; l: string }>("labels").primaryKey("id");
    const labels = new DaoBase(label, databases.database("main"));
    const of = (id: number) => ({ id, n: euro, l: euro });
    expect(await labels.bulkInsert([of(1), of(2)])).toEqual({ rowCount: 2 });
    expect(await labels.insertMany([of(3), of(4)])).toEqual([of(3), of(4)]);
    expect(await labels.findAll({ orderBy: { id: "asc" } })).toEqual([1, 2, 3, 4].map(of));
    await databases.close();
  });
});
