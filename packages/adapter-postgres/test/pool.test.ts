import { type Database, DatabaseManager, type PoolOptions } from "@nsj/mdb-core";
import { afterEach, describe, expect, it } from "vitest";
import { postgres } from "../src/index.ts";
import { uniqueName } from "./support/driving.ts";
import { asAdmin, serverOptions } from "./support/server.ts";

const tables: string[] = [];
afterEach(async () => {
  for (const table of tables.splice(0)) await asAdmin(`drop table if exists ${table} cascade`);
});

async function madeTable(): Promise<string> {
  const table = uniqueName("cut");
  tables.push(table);
  await asAdmin(`create table ${table} (id int)`);
  return table;
}

function managed(pool: PoolOptions = {}, options = "") {
  return new DatabaseManager({ main: postgres({ ...serverOptions(), ...(options !== "" && { options }), pool }) });
}

/** How many backends work on a statement about this table. */
async function runningOn(table: string): Promise<number> {
  const text = "select 1 from pg_stat_activity where state = 'active' and pid <> pg_backend_pid() and query ~ $1";
  return (await asAdmin(text, [table])).rowCount ?? 0;
}

/** The rows that are there once no statement that has begun can still write any: the lock waits for it. */
async function rowsInTheEnd(table: string): Promise<number> {
  await asAdmin(`alter table ${table} add column settled int`);
  return (await asAdmin(`select from ${table}`)).rowCount ?? 0;
}

describe("a connection that is taken from its holder", () => {
  it.each<readonly [string, (database: Database, insert: string) => Promise<unknown>]>([
    ["single statement", (database, insert) => database.execute(insert)],
    ["pinned connection", (database, insert) => database.withConnection((pinned) => pinned.execute(insert))],
    ["transaction", (database, insert) => database.transaction((tx) => tx.execute(insert))],
  ])("past the deadline of close() has its %s stopped on the server", async (_, run) => {
    const table = await madeTable();
    const manager = managed();
    const caller = run(manager.database("main"), `insert into ${table} select 1 from pg_sleep(5)`);
    const outcome = caller.then(
      () => "resolved",
      () => "rejected",
    );
    while ((await runningOn(table)) === 0);
    await manager.close({ timeoutMs: 0 });
    expect(await runningOn(table)).toBe(0);
    expect(await outcome).toBe("rejected");
    expect(await rowsInTheEnd(table)).toBe(0);
  });

  it("at holdLimitMs has its statement stopped on the server", async () => {
    const table = await madeTable();
    await using manager = managed({ holdLimitMs: 200 });
    await expect(
      manager.database("main").execute(`insert into ${table} select 1 from pg_sleep(5)`),
    ).rejects.toBeDefined();
    expect(await rowsInTheEnd(table)).toBe(0);
  });
});

describe("connections that the server ends after they have answered", () => {
  it.for<readonly [string, string, (database: Database) => Promise<unknown>]>([
    [
      "by transaction_timeout",
      "-c transaction_timeout=50",
      (it) => it.transaction((tx) => tx.query("select pg_sleep(5)")),
    ],
    ["in their own first statement", "", (it) => it.query("select pg_terminate_backend(pg_backend_pid())")],
    [
      "by an administrator",
      "",
      (it) =>
        it.withConnection(async (pinned) => {
          await asAdmin("select pg_terminate_backend($1)", [await pinned.queryScalar("select pg_backend_pid()")]);
          await pinned.query("select 1");
        }),
    ],
  ])("say nothing about opening others: %s", async ([how, options, work], context) => {
    const [row] = (await asAdmin("show server_version_num")).rows;
    if (how === "by transaction_timeout" && Number(row.server_version_num) < 170_000) {
      context.skip("transaction_timeout is one of PostgreSQL 17 and newer");
    }
    await using manager = managed({}, options);
    const database = manager.database("main");
    for (let round = 0; round < 4; round++) await expect(work(database)).rejects.toBeDefined();
    expect(await database.queryScalar("select 1")).toBe(1);
    expect(database.stats()).toMatchObject({ health: "ok", connectFailures: 0 });
  });
});
