import { DaoBase, type Database, DatabaseManager, defineTable, UnsupportedError } from "@nsj/mdb-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mssql } from "../src/index.ts";
import { useServer } from "./support/server.ts";

interface Watched {
  readonly id: number;
  readonly code: string;
  readonly n: number;
}

/** Only the server knows of triggers: it refuses an OUTPUT clause without INTO (334). */
describe("a table with triggers", () => {
  const server = useServer();
  let databases: DatabaseManager<{ main: ReturnType<typeof mssql> }>;
  let main: Database;

  beforeAll(async () => {
    databases = new DatabaseManager({ main: mssql({ ...server.options(), pool: { max: 2 } }) });
    main = databases.database("main");
    await main.execute("create table trigger_log (code nvarchar(20) not null)");
  });
  afterAll(async () => {
    await main.execute("drop table trigger_log");
    await databases.close();
  });

  const watch = (table: string) =>
    main.execute(`create trigger ${table}_watch on ${table} after insert, update as begin
      set nocount on;
      insert into trigger_log (code) select inserted.code from inserted;
    end`);
  const log = async () => {
    const rows = await main.query<{ code: string }>("select code from trigger_log order by code");
    await main.execute("delete from trigger_log");
    return rows.map(({ code }) => code);
  };
  const created = async (table: string) => {
    await main.execute(
      `create table ${table} (id int identity(1, 1) primary key, code nvarchar(20) not null unique, n int not null)`,
    );
    return defineTable<Watched>(table).primaryKey("id").generated("id");
  };

  it("is found out once for each kind of write, in a transaction too, which goes on", async () => {
    const spec = await created("trigger_first");
    await watch("trigger_first");
    for (let round = 0; round < 2; round++) {
      await main.transaction(async (tx) => {
        const dao = new DaoBase(spec, tx);
        const { id } = await dao.insert({ code: `a${round}`, n: 1 });
        expect(await dao.update(id, { n: 2 })).toEqual({ id, code: `a${round}`, n: 2 });
        expect((await dao.insertMany([1, 2].map((n) => ({ code: `m${round}${n}`, n })))).map(({ n }) => n)).toEqual([
          1, 2,
        ]);
        expect((await dao.upsert({ code: `a${round}`, n: 3 }, { conflict: ["code"] })).inserted).toBe(false);
      });
    }
    expect(await log()).toEqual(["a0", "a0", "a0", "a1", "a1", "a1", "m01", "m02", "m11", "m12"]);
    expect(await new DaoBase(spec, main).count()).toBe(6);
    await main.execute("drop table trigger_first");
  });

  it("that were made later fail the caller's transaction once, and nothing else", async () => {
    const spec = await created("trigger_late");
    const dao = new DaoBase(spec, main);
    const { id } = await dao.insert({ code: "a", n: 1 });
    await dao.update(id, { n: 2 });
    await dao.insertMany([1, 2].map((n) => ({ code: `m${n}`, n })));
    await watch("trigger_late");
    expect((await dao.insert({ code: "b", n: 1 })).code).toBe("b");
    expect(await dao.insertMany([3, 4].map((n) => ({ code: `m${n}`, n })))).toHaveLength(2);
    const change = () => main.transaction((tx) => new DaoBase(spec, tx).update(id, { n: 3 }));
    await expect(change()).rejects.toBeInstanceOf(UnsupportedError);
    expect(await change()).toEqual({ id, code: "a", n: 3 });
    expect(await log()).toEqual(["a", "b", "m3", "m4"]);
    await main.execute("drop table trigger_late");
  });
});
