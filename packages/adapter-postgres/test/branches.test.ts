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
