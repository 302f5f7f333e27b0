import { DatabaseManager } from "@nsj/mdb-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgres } from "../src/index.ts";
import { leavesTraces } from "../src/traces.ts";
import { connected, failure, run, soon, uniqueName, value } from "./support/driving.ts";
import { asAdmin, serverOptions } from "./support/server.ts";

const role = uniqueName("role");
const other = uniqueName("role");
const changing = uniqueName("changing");
beforeAll(async () => {
  await asAdmin(
    `create role ${role}; create role ${other} login password 'x'; grant ${role} to ${other}; alter role ${other} set role = '${role}'`,
  );
  await asAdmin(
    `create function ${changing}(name text, setting text) returns text language plpgsql as
     $$ begin perform pg_catalog.set_config(name, setting, false); return setting; end $$`,
  );
});
afterAll(() => asAdmin(`drop function ${changing}; drop role ${other}; drop role ${role}`));

const nobody = "select current_user = session_user";
const noLock = "select not exists (select from pg_locks where locktype = 'advisory' and pid = pg_backend_pid())";
const noTemporary = "select to_regclass('pg_temp.left_over') is null";
const noListener = "select not exists (select from pg_listening_channels())";
const noCursor = "select not exists (select from pg_cursors where name = 'left_over')";
const noStatement = "select not exists (select from pg_prepared_statements where from_sql)";
const noSetting = "select coalesce(nullif(current_setting('app.tenant', true), ''), 'none') = 'none'";
const noTimeout = "select current_setting('statement_timeout') = '0'";
const noName = "select current_setting('application_name') = ''";

/** What changes a session, and what is true where nothing of it is left. */
const changes: readonly (readonly [text: string, isGone: string])[] = [
  ["set role ROLE", nobody],
  ["set session authorization ROLE", "select session_user = 'ADMIN'"],
  ["set app.tenant = 'A'", noSetting],
  ["/* set local */ set session app.tenant = 'A'", noSetting],
  ["set local app.tenant = 'A'; set app.tenant = 'B'", noSetting],
  ["set statement_timeout = '7s'", noTimeout],
  [
    "set session characteristics as transaction isolation level serializable",
    "select current_setting('default_transaction_isolation') = 'read committed'",
  ],
  ["set time zone 'Asia/Tokyo'", "select current_setting('TimeZone') <> 'Asia/Tokyo'"],
  ["reset statement_timeout", noTimeout],
  ["select set_config('app.tenant', 'B', false)", noSetting],
  ["select set_config('app.tenant', 'B', true), \"set_config\"('app.tenant', 'C', 1 = 2)", noSetting],
  ["select CHANGING('application_name', 'changed')", noName],
  ["select pg_advisory_lock(4711)", noLock],
  ["select pg_try_advisory_lock_shared(1, 2)", noLock],
  ["with l as (select 1 / 0) select pg_advisory_lock(4711), * from l", noLock],
  ["create temp table left_over (a int)", noTemporary],
  ["CREATE LOCAL TEMPORARY TABLE left_over AS SELECT 1", noTemporary],
  ["create or replace temp view left_over as select 1", noTemporary],
  ["create temporary sequence left_over", noTemporary],
  ["select 1 as a into temp left_over", noTemporary],
  ["create table pg_temp.left_over (a int)", noTemporary],
  ["listen left_over", noListener],
  ["prepare left_over as select 1", noStatement],
  ["begin; declare left_over cursor with hold for select 1; commit", noCursor],
  ["do $$ begin perform set_config('app.tenant', 'A', false); end $$", noSetting],
  ["discard plans", "select true"],
];

const named = (text: string, admin: string): string =>
  text.replaceAll("ROLE", role).replaceAll("CHANGING", changing).replaceAll("ADMIN", admin);

/** Some of them fail after they have changed something. */
async function attempt(work: Promise<unknown>, text: string): Promise<void> {
  if (text.includes("1 / 0")) await expect(work).rejects.toThrow(/division by zero|22012/);
  else await work;
}

describe("a change of the session", () => {
  it.each(changes)("is noticed, and put back by a reset: %s", async (text, isGone) => {
    const connection = await connected();
    const admin = String(await value(connection, "select session_user"));
    expect(connection.dirty).toBe(false);
    await attempt(run(connection, named(text, admin)), text);
    expect(connection.dirty).toBe(true);
    await connection.reset({ scope: "session" }, soon());
    connection.dirty = false;
    expect(await value(connection, named(isGone, admin))).toBe(true);
    expect(connection.dirty).toBe(false);
  });

  it.each([
    "set local app.tenant = 'A'",
    "set /* session */ local role ROLE; select 1",
    "set transaction read only",
    "set constraints all deferred",
    "select set_config('app.tenant', (select 'a, b'), true)",
    "select pg_catalog.set_config('app.tenant', concat('a', 'b'), true)",
    "select pg_advisory_xact_lock(4711), pg_try_advisory_xact_lock(4712)",
    "create temp table left_over (a int) on commit drop",
    "select CHANGING('left_over', null) where false",
    "select 'set app.tenant = 1; create temp table t (a int); select pg_advisory_lock(1)'",
    "set local application_name = 'for this transaction'",
    "set local time zone 'Asia/Tokyo'; set local datestyle = 'SQL'",
    "create temp table a (id int) on commit drop; insert into a values (1)",
    "declare left_over cursor for select 1",
    "notify left_over",
  ])("is none where it ends with the transaction: %s", async (text) => {
    const connection = await connected();
    connection.begin({ isolation: "serializable", readOnly: false });
    await run(connection, named(text, ""));
    await connection.commit();
    expect(connection.dirty).toBe(false);
  });

  it.each([
    ["insert into temp values (1)"],
    ["insert into t values (1) on conflict do nothing"],
    ["insert into t values (1) on conflict (a) do update set a = 2"],
    ["with new as (insert into temp (a) values (1) returning a) select * from new"],
    ["update t set temp = 1 where call = 2"],
    ["select temporary from rooms"],
    ["create table temperatures (a int)"],
    ["select my_set_config(1)"],
  ])("is none where only a word is the same: %s", (text) => {
    expect(leavesTraces(text)).toBe(false);
  });

  it("is noticed in what is prepared, streamed, called or run with many parameter sets", async () => {
    const text = "select set_config('app.tenant', $1, false)";
    const ways: Readonly<Record<string, (it: Awaited<ReturnType<typeof connected>>) => Promise<unknown>>> = {
      prepared: async (it) => run(it, text, ["A"]),
      streamed: async (it) => {
        const rows = it.stream({ text, values: ["A"] }, { ...soon(), fetchSize: 1 });
        await rows.read();
        await rows.close();
      },
      many: async (it) => it.executeMany(text, [["A"]], soon()),
    };
    for (const [way, use] of Object.entries(ways)) {
      const connection = await connected();
      for (let time = 0; time < 4; time++) {
        connection.dirty = false;
        await use(connection);
        expect([way, connection.dirty]).toEqual([way, true]);
      }
    }
    const procedure = uniqueName("procedure");
    await asAdmin(`create procedure ${procedure}() language sql as $$ select set_config('app.tenant', 'A', false) $$`);
    const connection = await connected();
    await connection.call({ procedure: [procedure], parameters: [] }, soon());
    expect(connection.dirty).toBe(true);
    await asAdmin(`drop procedure ${procedure}`);
  });

  it("is put back after a transaction that has failed, too", async () => {
    const connection = await connected();
    await run(connection, "set app.tenant = 'A'");
    connection.begin({});
    await failure(() => run(connection, "select pg_advisory_lock(4711), 1 / (random() * 0)::int"));
    expect(connection.txStatus).toBe("failed");
    await connection.reset({ scope: "session" }, soon());
    expect([connection.txStatus, await value(connection, noSetting), await value(connection, noLock)]).toEqual([
      "idle",
      true,
      true,
    ]);
  });

  it("is put back to what the login gave: the role that was set for the user, the schema of the options", async () => {
    const connection = await connected({ user: other, password: "x", schema: "pg_catalog" });
    const asLoggedIn = "select current_user || ', ' || current_setting('search_path')";
    const before = await value(connection, asLoggedIn);
    expect(before).toContain(role);
    await run(connection, "reset all; set role none");
    expect(connection.dirty).toBe(true);
    await connection.reset({ scope: "session" }, soon());
    expect(await value(connection, asLoggedIn)).toBe(before);
  });

  it("leaves the connection's own prepared statements as they are", async () => {
    const connection = await connected();
    const text = "select count(*) from pg_prepared_statements where name like 'mdb\\_%'";
    for (let use = 0; use < 3; use++) await run(connection, text);
    await run(connection, 'prepare "left; over" as select 1; set app.tenant = 1');
    await connection.reset({ scope: "session" }, soon());
    expect(await value(connection, text)).toBe(1);
    expect(await value(connection, noStatement)).toBe(true);
  });

  it("makes random() unforeseeable again after setseed", async () => {
    const connection = await connected();
    const sequence = async () => {
      await run(connection, "select setseed(0.5)");
      expect(connection.dirty).toBe(true);
      await connection.reset({ scope: "session" }, soon());
      return value(connection, "select random()");
    };
    expect(await sequence()).not.toBe(await sequence());
  });
});

describe("the next borrower", () => {
  it.each(changes)("sees nothing of it: %s", async (text, isGone) => {
    const manager = new DatabaseManager({ it: postgres({ ...serverOptions(), pool: { max: 1 } }) });
    const database = manager.database("it");
    const admin = await database.queryScalar<string>("select session_user");
    try {
      await attempt(database.execute(named(text, admin)), text);
      expect(await database.queryScalar(named(isGone, admin))).toBe(true);
    } finally {
      await manager.close();
    }
  });
});
