import { DatabaseManager, StatementError, UnsupportedError } from "@nsj/mdb-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mssql } from "../src/index.ts";
import { useServer } from "./support/server.ts";

// Documents in pieces, and a server that does not count by default, are by our own server's script and options.
const server = useServer({ wireOnly: true, noCount: true });
let databases: DatabaseManager<{ main: ReturnType<typeof mssql> }>;
beforeAll(() => {
  databases = new DatabaseManager({ main: mssql({ ...server.options(), pool: { max: 1 } }) });
});
const main = () => databases.database("main");
afterAll(() => databases.close());

describe("a server whose sessions begin with NOCOUNT on", () => {
  it("tells how many rows were changed all the same, also after a reset", async () => {
    await main().execute("create table counted (id int)");
    for (let round = 0; round < 2; round++) {
      expect((await main().execute("insert into counted (id) values (1), (2)")).rowCount).toBe(2);
      expect((await main().execute("update counted set id = :id", { id: 3 })).rowCount).toBe(2 * (round + 1));
      await main().execute("set lock_timeout 5");
    }
    expect(main().stats().resets).toBe(2);
  });
});

describe("a text of several statements", () => {
  it("gives the rows of the first one that has columns", async () => {
    await main().execute("create table numbered (id int identity(7, 1), n int)");
    const text = "insert into numbered (n) values (:n); select cast(scope_identity() as int) as id, 'x' as x";
    expect(await main().query(text, { n: 1 })).toEqual([{ id: 7, x: "x" }]);
    expect(await main().queryOne(text, { n: 1 })).toEqual({ id: 8, x: "x" });
    expect(await main().queryMaybeOne(text, { n: 1 })).toEqual({ id: 9, x: "x" });
    expect(
      await main().queryScalar("insert into numbered (n) values (:n); select n from numbered where id = 10", { n: 5 }),
    ).toBe(5);
    const { rowCount, resultSets } = await main().execute(text, { n: 1 });
    expect([rowCount, resultSets.length]).toEqual([1, 2]);
  });
});

describe("a document", () => {
  it.each(["JSON_F52E2B61-18A1-11d1-B105-00805F49916B", "XML_F52E2B61-18A1-11d1-B105-00805F49916B"])(
    "that comes in pieces (%s) is one value, in a stream too",
    async (name) => {
      const pieces = [["[1,"], ["2,"], ["3]"]];
      const text = `select ${name.slice(0, 4)} as document`;
      for (const rows of [pieces, pieces, []]) {
        server.wire?.script.once(text, { rows: { columns: { [name]: "nvarchar(max)" }, rows } });
      }
      expect(await main().query(text, [], { rowMode: "array" })).toEqual([["[1,2,3]"]]);
      const streamed: unknown[] = [];
      for await (const row of main().stream(text, [], { fetchSize: 2 })) streamed.push(Object.values(row));
      expect(streamed).toEqual([["[1,2,3]"]]);
      expect(await main().query(text)).toEqual([]);
    },
  );
});

describe("a NULL", () => {
  it.each(["image", "text", "timestamp", "sql_variant"])(
    "for a column of type %s finds its type by asking",
    async (type) => {
      const text = `insert into t_${type} (v) values (@p1)`;
      const refused = { error: { number: 257 } };
      const told = {
        rows: {
          columns: { name: "nvarchar(128)", suggested_system_type_name: "nvarchar(256)" },
          rows: [["@p1", type]],
        },
      };
      const types: string[] = [];
      const stop = server.wire?.record(({ text: sent, parameters }) => {
        if (sent === text) types.push(parameters[2]?.type ?? "");
      });
      server.wire?.script
        .once(text, refused)
        .once("sp_describe_undeclared_parameters", told)
        .once(text, { affected: 1 });
      expect((await main().execute("insert into t_X (v) values (:v)".replace("X", type), { v: null })).rowCount).toBe(
        1,
      );
      stop?.();
      const sent = {
        image: "varbinary(8000)",
        timestamp: "varbinary(8000)",
        text: "varchar(8000)",
        sql_variant: "nvarchar(4000)",
      };
      expect(types).toEqual(["nvarchar(4000)", sent[type as keyof typeof sent]]);
    },
  );
});

describe("a message of an error without a class of its own", () => {
  it("holds nothing of what the server or an application says, which its cause has", async () => {
    const failing = main().execute("raiserror(N'the salary of 4711 is too high', 16, 1)");
    const error: unknown = await failing.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StatementError);
    expect(String(error)).not.toContain("4711");
    expect(String((error as Error).cause)).toContain("4711");
  });
});

describe("a bulk load", () => {
  it("keeps a NULL where its column has a default, and gives other columns theirs", async () => {
    await main().execute("create table defaulted (id int, a int null default 7, b int null default 8)");
    await main().bulkInsert("defaulted", ["id", "a", "b"], [[1, null, null]]);
    await main().bulkInsert("defaulted", ["id"], [[2], [3]]);
    await main().bulkInsert("defaulted", ["id", "a"], [[4, 1]]);
    const refused = main().bulkInsert("defaulted", ["id", "a"], [[5, null]]);
    await expect(refused).rejects.toBeInstanceOf(UnsupportedError);
    expect(await main().query("select id, a, b from defaulted order by id", [], { rowMode: "array" })).toEqual([
      [1, null, null],
      [2, 7, 8],
      [3, 7, 8],
      [4, 1, 8],
    ]);
  });

  it("asks for KEEP_NULLS only where no other column has a default", async () => {
    const texts: string[] = [];
    const stop = server.wire?.record(({ text }) => {
      if (/^insert bulk/i.test(text)) texts.push(text);
    });
    await main().bulkInsert("defaulted", ["id", "a", "b"], [[6, 1, 1]]);
    await main().bulkInsert("defaulted", ["id"], [[7]]);
    stop?.();
    expect(texts.map((it) => /KEEP_NULLS/i.test(it))).toEqual([true, false]);
  });
});
