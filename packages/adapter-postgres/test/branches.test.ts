import { randomBytes } from "node:crypto";
import type { Branch } from "@nsj/mdb-core";
import { type RunningPostgres, startPostgres } from "@nsj/mdb-wire-servers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { postgresDriver } from "../src/index.ts";
import { connected, failure, run, soon, uniqueName, value } from "./support/driving.ts";
import { asAdmin } from "./support/server.ts";

const branch = (): Branch => ({
  store: randomBytes(6).toString("hex").slice(0, 11),
  transaction: randomBytes(11).toString("hex"),
  number: 1,
});

let table: string;
beforeEach(async () => {
  table = uniqueName();
  await asAdmin(`create table ${table} (a int)`);
  return () => asAdmin(`drop table ${table}`);
});

describe("a branch", () => {
  it("that wrote nothing costs one COMMIT; a NOTIFY, however it is made, is no such branch", async () => {
    for (const { text, vote } of [
      { text: "select 1", vote: "read-only" },
      { text: "select pg_sleep(0)", vote: "read-only" },
      { text: "select pg_notify('a', 'b')", vote: undefined },
      { text: "notify a", vote: undefined },
      { text: "select 1; notify a", vote: undefined },
      { text: `select a from ${table} for update`, vote: "read-only" },
      { text: `lock table ${table} in share mode`, vote: "read-only" },
      { text: `insert into ${table} values (1); select 1`, vote: "prepared" },
    ]) {
      const connection = await connected();
      const it = branch();
      await connection.begin({ branch: it, traceable: true });
      await run(connection, text);
      if (vote === undefined) {
        expect((await failure(() => connection.prepareBranch(it))).info, text).toMatchObject({ sqlState: "0A000" });
      } else {
        expect(await connection.prepareBranch(it), text).toMatchObject({ vote });
        expect(await connection.finishPrepared(it, "rollback")).toBe(vote === "prepared" ? "done" : "gone");
      }
      expect([connection.usable, connection.txStatus]).toEqual([true, "idle"]);
    }
  });

  it("of a role is its login's once it is prepared, and what was deferred is checked in the role", async () => {
    const [login, role, seen, check] = [uniqueName("l"), uniqueName("r"), uniqueName("s"), uniqueName("f")];
    await asAdmin(`create role ${role}`);
    await asAdmin(`create role ${login} login password 'p' in role ${role}`);
    await asAdmin(`create table ${seen} (who text)`);
    await asAdmin(
      `create function ${check}() returns trigger language plpgsql as $$ begin insert into ${seen} values (current_user); return null; end $$`,
    );
    await asAdmin(
      `create constraint trigger t after insert on ${table} deferrable initially deferred for each row execute function ${check}()`,
    );
    await asAdmin(`grant insert on ${table}, ${seen} to ${role}`);
    try {
      for (const end of ["commit", "rollback"] as const) {
        const connection = await connected({ user: login, password: "p" });
        const it = branch();
        connection.setContext({ role });
        await connection.begin({ branch: it, traceable: true });
        await run(connection, `insert into ${table} values (1)`);
        expect(await connection.prepareBranch(it)).toMatchObject({ vote: "prepared" });
        connection.setContext(undefined);
        expect(await value(connection, "select current_user")).toBe(login);
        connection.destroy();
        const another = await connected({ user: login, password: "p" });
        expect((await another.listPrepared(soon())).map((found) => found.branch)).toContainEqual(it);
        expect(await another.finishPrepared(it, end)).toBe("done");
        another.destroy();
      }
      const admin = await connected();
      expect(await value(admin, `select string_agg(who, ',') from ${seen}`)).toBe(role);
      admin.destroy();
    } finally {
      await asAdmin(`drop table ${seen}`);
      await asAdmin(`drop function ${check} cascade`);
      await asAdmin(`drop owned by ${login}, ${role}`);
      await asAdmin(`drop role ${login}, ${role}`);
    }
  });

  it("is listed in its own database only", async () => {
    const other = uniqueName("d");
    await asAdmin(`create database ${other}`);
    try {
      const connection = await connected();
      const it = branch();
      await connection.begin({ branch: it, traceable: true });
      await run(connection, `insert into ${table} values (1)`);
      await connection.prepareBranch(it);
      const elsewhere = await connected({ database: other });
      expect((await elsewhere.listPrepared(soon())).filter((found) => found.branch?.store === it.store)).toEqual([]);
      expect((await failure(() => elsewhere.finishPrepared(it, "rollback"))).info).toMatchObject({ sqlState: "0A000" });
      expect(await connection.finishPrepared(it, "rollback")).toBe("done");
      elsewhere.destroy();
    } finally {
      await asAdmin(`drop database ${other} with (force)`);
    }
  });
});

describe("a commit that decides", () => {
  it("keeps a setting that promises more", async () => {
    const connection = await connected({ options: "-c synchronous_commit=remote_apply" });
    await connection.begin({ decides: true });
    expect(await value(connection, "select current_setting('synchronous_commit')")).toBe("remote_apply");
    await connection.rollback();
  });

  it("is durable whatever the transaction itself has set", async () => {
    const [seen, note] = [uniqueName("s"), uniqueName("f")];
    await asAdmin(`create table ${seen} (setting text)`);
    await asAdmin(
      `create function ${note}() returns trigger language plpgsql as $$ begin insert into ${seen} values (current_setting('synchronous_commit')); return null; end $$`,
    );
    // It runs when COMMIT does.
    await asAdmin(
      `create constraint trigger t after insert on ${table} deferrable initially deferred for each row execute function ${note}()`,
    );
    try {
      const connection = await connected();
      for (const relax of [
        "set local synchronous_commit = off",
        "SET LOCAL SYNCHRONOUS_COMMIT TO local",
        "select set_config('synchronous_commit', 'off', true)",
        "select 1; set local synchronous_commit to off",
      ]) {
        await connection.begin({ decides: true });
        await run(connection, `insert into ${table} values (1)`);
        await run(connection, relax);
        await connection.commit();
        expect(connection.txStatus).toBe("idle");
      }
      expect((await run(connection, `select setting from ${seen}`)).rows.flat()).toEqual(["on", "on", "on", "on"]);
      await connection.begin({ decides: true });
      await run(connection, "set local synchronous_commit = off");
      await expect(run(connection, "select 1 / 0")).rejects.toThrow();
      await expect((async () => connection.commit())()).rejects.toThrow("rolled the transaction back");
      await connection.begin({});
      await run(connection, "set local synchronous_commit = off");
      await run(connection, `insert into ${table} values (1)`);
      await connection.commit();
      expect((await run(connection, `select setting from ${seen}`)).rows.flat().at(-1)).toBe("off");
    } finally {
      await asAdmin(`drop table ${table}, ${seen} cascade`);
      await asAdmin(`create table ${table} (a int)`);
      await asAdmin(`drop function ${note}`);
    }
  });
});

describe("what travels with the statements of a transaction over several databases", () => {
  const names = "select name from pg_prepared_statements where name like '%_own_%' order by name";

  it("is parsed once for each connection, and anew where the server has forgotten it behind our back", async () => {
    const connection = await connected();
    const once = async (): Promise<void> => {
      await connection.begin({ traceable: true, decides: true, limitMs: 60_000 });
      await run(connection, `insert into ${table} values (1)`);
      expect(connection.transactionNumber).toMatch(/:/);
      expect(await value(connection, "select current_setting('transaction_timeout')")).toBe("1min");
      await connection.commit();
    };
    for (let round = 0; round < 3; round++) await once();
    const before = (await run(connection, names)).rows.flat();
    expect(before).toHaveLength(2);
    // Inside of a block nobody sees it.
    await run(connection, "do $$ begin execute 'deallocate all'; end $$");
    for (let round = 0; round < 3; round++) await once();
    const after = (await run(connection, names)).rows.flat();
    expect(after).toHaveLength(2);
    expect(after.filter((name) => before.includes(name))).toEqual([]);
    expect(await value(connection, `select count(*)::int from ${table}`)).toBe(6);
  });
});

describe("a server without room for prepared transactions", () => {
  let small: RunningPostgres;
  beforeAll(async () => {
    small = await startPostgres(["max_prepared_transactions=0"]);
  });
  afterAll(() => small.stop());

  it("is told by the setting's name before anything of the transaction is sent", async () => {
    const connection = await connected({}, postgresDriver.connector(postgresDriver.parseUrl(small.url)));
    await run(connection, "create table t (a int)");
    const it = branch();
    const { error, info } = await failure(async () => connection.begin({ branch: it, traceable: true }));
    expect(info).toMatchObject({ kind: "unsupported", connection: "ok", executed: "no" });
    expect(String(error)).toContain("max_prepared_transactions");
    expect(connection.txStatus).toBe("idle");
    expect(await value(connection, "select count(*)::int from t")).toBe(0);
    expect(await connection.finishPrepared(it, "commit")).toBe("gone");
    expect(await connection.listPrepared(soon())).toEqual([]);
  });
});
