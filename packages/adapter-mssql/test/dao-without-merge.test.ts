import { DaoBase, DatabaseManager, defineTable } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { mssql } from "../src/index.ts";
import { useServer } from "./support/server.ts";

interface Stock {
  readonly id: number;
  readonly code: string;
  readonly n: number;
}

const stock = defineTable<Stock>("merge_stock").primaryKey("id");

// By script: Babelfish refuses what it does not know with this number. https://github.com/babelfish-for-postgresql/babelfish_extensions
const refusal = { error: { number: 33557097, message: "'MERGE' is not currently supported in Babelfish" } };

describe("a server without MERGE", () => {
  const server = useServer({ wireOnly: true });

  it("is served by other statements, in a transaction too", async (context) => {
    const { wire } = server;
    if (wire === undefined) return context.skip("a real server needs no script");
    const databases = new DatabaseManager({ main: mssql(server.options()) });
    const main = databases.database("main");
    await main.execute(
      "create table merge_stock (id int primary key, code nvarchar(20) not null unique, n int not null)",
    );
    // Once with OUTPUT alone, once with INTO.
    for (let time = 0; time < 2; time++) wire.script.once((text) => text.includes("merge into"), refusal);
    const rows = [1, 2].map((id) => ({ id, code: `c${id}`, n: id }));
    await main.transaction(async (tx) => {
      const dao = new DaoBase(stock, tx);
      expect(await dao.insertMany(rows)).toEqual(rows);
      expect(await dao.upsert({ id: 1, code: "c1", n: 5 })).toEqual({
        entity: { id: 1, code: "c1", n: 5 },
        inserted: false,
      });
      expect((await dao.upsert({ id: 3, code: "c3", n: 3 }, { conflict: ["code"] })).inserted).toBe(true);
    });
    const dao = new DaoBase(stock, main);
    expect(
      (
        await dao.upsertMany([
          { id: 3, code: "c3", n: 4 },
          { id: 4, code: "c4", n: 4 },
        ])
      ).map((it) => it.inserted),
    ).toEqual([false, true]);
    expect(await dao.count()).toBe(4);
    await main.execute("drop table merge_stock");
    await databases.close();
  });
});
