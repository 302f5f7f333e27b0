import type { Socket } from "node:net";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { DatabaseManager } from "@nsj/mdb-core";
import { afterEach, beforeEach, expect, inject, it, vi } from "vitest";

const text = "select * from shared_reads where id = $1";
let manager: ReturnType<typeof open>;

function open() {
  return new DatabaseManager({
    main: postgres({ connectionString: inject("postgresUrl"), pipelining: { connections: 2 }, pool: { max: 4 } }),
  });
}

beforeEach(async () => {
  manager = open();
  const database = manager.database("main");
  await database.execute("drop table if exists shared_reads");
  await database.execute("create table shared_reads (id integer primary key, name text)");
  await database.execute("insert into shared_reads select n, 'n' || n from generate_series(1, 500) n");
});

afterEach(async () => {
  await manager.database("main").execute("drop table shared_reads");
  await manager.close();
});

it("gives each of many shared reads its own row", async () => {
  const database = manager.database("main");
  for (let round = 0; round < 5; round++) {
    const rows = await Promise.all(Array.from({ length: 500 }, (_, index) => database.queryOne(text, [index + 1])));
    expect(rows).toEqual(Array.from({ length: 500 }, (_, index) => ({ id: index + 1, name: `n${index + 1}` })));
  }
  expect(database.stats()).toMatchObject({ busy: 0, waiting: 0 });
});

it("writes statements that come at once in one go, behind the first", async () => {
  await manager.database("main").withConnection(async (connection) => {
    const { stream } = (connection.raw() as { connection: { stream: Socket } }).connection;
    const writes = [vi.spyOn(stream, "_write"), vi.spyOn(stream, "_writev" as "_write")];
    const rows = await Promise.all(Array.from({ length: 20 }, (_, index) => connection.queryOne(text, [index + 1])));
    expect(rows).toEqual(Array.from({ length: 20 }, (_, index) => ({ id: index + 1, name: `n${index + 1}` })));
    expect(writes.flatMap(({ mock }) => mock.calls)).toHaveLength(2);
  });
});

it("survives a change of the schema under its prepared statements", async () => {
  const database = manager.database("main");
  const readAll = () => Promise.all(Array.from({ length: 200 }, (_, index) => database.queryOne(text, [index + 1])));
  for (let round = 0; round < 4; round++) await readAll();
  await manager.database("main").execute("alter table shared_reads add column extra integer default 7");
  const rows = await readAll();
  expect(rows[199]).toEqual({ id: 200, name: "n200", extra: 7 });
});

it("survives a change of the schema by somebody else, while reads are under way", async () => {
  const database = manager.database("main");
  await using other = open();
  const readAll = () => Promise.all(Array.from({ length: 200 }, (_, index) => database.queryOne(text, [index + 1])));
  for (let round = 0; round < 4; round++) await readAll();
  const reads = [readAll(), readAll()];
  await other.database("main").execute("alter table shared_reads add column extra integer default 7");
  reads.push(readAll(), readAll());
  for (const rows of await Promise.all(reads)) expect(rows).toHaveLength(200);
});
