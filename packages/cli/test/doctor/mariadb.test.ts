import { mariadb } from "@nsj/mdb-adapter-mysql";
import { DatabaseManager } from "@nsj/mdb-core";
import { outbox } from "@nsj/mdb-outbox";
import { mysqlNeeded, type RunningMysql, startMysql } from "@nsj/mdb-wire-servers";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { examine, finding, worrying } from "../support/examine.ts";

const mysqlUrl = inject("mysqlUrl");

describe("a MariaDB", () => {
  if (!mysqlUrl.startsWith("mariadb:")) {
    it.skip(`is examined (${mysqlUrl === "" ? mysqlNeeded : "this is a MySQL"})`);
    return;
  }

  let healthy: RunningMysql;
  let sick: RunningMysql;
  beforeAll(async () => {
    const troubles = [
      "--log-bin",
      "--sync-binlog=0",
      "--innodb-doublewrite=0",
      "--innodb-flush-log-at-trx-commit=2",
      "--transaction-isolation=READ-UNCOMMITTED",
      "--read-only=1",
      "--character-set-server=latin1",
      "--max-connections=20",
    ];
    const servers = await Promise.all([startMysql(["--innodb-flush-log-at-trx-commit=1"]), startMysql(troubles)]);
    [healthy, sick] = servers as [RunningMysql, RunningMysql];
  }, 120_000);
  afterAll(async () => {
    await healthy?.stop();
    await sick?.stop();
  });

  it("that is well kept gives no worries, and tells of its certificate", async () => {
    const found = await examine({ shop: mariadb({ connectionString: healthy.url }) });
    expect(worrying(found)).toEqual([]);
    expect(finding(found, "version").seen).toMatch(/^MariaDB \d+\.\d+/);
    expect(finding(found, "tls").seen).toContain("a certificate that is not good");
    const ssl = { ca: healthy.certificate };
    const checked = await examine({ shop: mariadb({ connectionString: healthy.url, ssl }) });
    expect(finding(checked, "tls").seen).toContain("with a good certificate");
    const plain = await examine({ shop: mariadb({ connectionString: healthy.url, sslMode: "disabled" }) });
    expect(plain.map(({ check }) => check)).not.toContain("tls");
  });

  it("is found out in every trouble that was planted, and in no other", async () => {
    await using admin = new DatabaseManager({ shop: mariadb({ connectionString: sick.url }) });
    const shop = admin.database("shop");
    await shop.execute("create table t (id integer primary key) engine = innodb");
    await shop.withConnection(async (connection) => {
      for (const text of [
        "xa start 'somebody'",
        "insert into t values (1)",
        "xa end 'somebody'",
        "xa prepare 'somebody'",
      ])
        await connection.execute(text);
    });
    // What a session has prepared is its own until it ends.
    shop.evictConnections();
    const found = await examine({
      shop: mariadb({
        connectionString: sick.url,
        onConnect: async (it) => {
          await it.execute("set session sql_mode = ''");
          // Two minutes have passed.
          await it.execute("set session timestamp = unix_timestamp() + 120");
        },
        pool: { max: 30 },
      }),
    });
    expect(worrying(found)).toEqual([
      "error doublewrite",
      "error in-doubt",
      "error room",
      "warning flush-log",
      "warning binary-log",
      "warning isolation",
      "warning read-only",
      "warning sql-mode",
      "warning clock",
    ]);
    expect(finding(found, "prepared-transactions").why).toContain("MDEV-32020");
    expect(finding(found, "in-doubt").seen).toContain("1 prepared transactions (of another program)");
    await shop.execute("create user plain@'%' identified by 'p'");
    const { hostname: host, port } = new URL(sick.url);
    const blind = await examine({ shop: mariadb({ host, port: Number(port), user: "plain", password: "p" }) });
    expect(worrying(blind)).toContain("unknown in-doubt");
    await shop.execute("xa rollback 'somebody'");
  });

  it("counts the connections of others for a user without rights, and knows the user's own limit", async () => {
    await using admin = new DatabaseManager({ shop: mariadb({ connectionString: healthy.url }) });
    const shop = admin.database("shop");
    await shop.execute("create user plain@'%' identified by 'p' with max_user_connections 3");
    await shop.execute("grant all on mdb.* to plain@'%'");
    const { hostname: host, port } = new URL(healthy.url);
    const options = { host, port: Number(port), user: "plain", password: "p", database: "mdb" };
    expect(worrying(await examine({ shop: mariadb({ ...options, pool: { max: 2 } }) }))).toEqual([]);
    const found = await examine({ shop: mariadb({ ...options, pool: { max: 4 } }) });
    expect(finding(found, "room")).toMatchObject({
      level: "error",
      seen: expect.stringContaining("has room for 3 of 3"),
    });
  });

  it("is told of an outbox's dead letters, and of decisions that its user may not write", async () => {
    await using admin = new DatabaseManager({ shop: mariadb({ connectionString: healthy.url }) });
    const shop = admin.database("shop");
    await admin.prepareStore("shop");
    await outbox(shop).createTables();
    expect(worrying(await examine({ shop: mariadb({ connectionString: healthy.url }) }))).toEqual([]);
    await shop.execute(
      "insert into mdb_outbox_dead (lane, message_id, topic, message_key, body, dedupe_key, written_at, attempts, reason, died_at) values (1, '7', 'mail', 'a', '{}', '7', 0, 10, 'MDB_UNKNOWN', 0)",
    );
    await shop.execute("create user reader@'%' identified by 'p'");
    await shop.execute("grant select on mdb.* to reader@'%'");
    const { hostname: host, port } = new URL(healthy.url);
    const options = { host, port: Number(port), user: "reader", password: "p", database: "mdb" };
    const found = await examine({ shop: mariadb(options) });
    expect(worrying(found)).toEqual(["error decisions", "warning outbox-dead"]);
    expect(finding(found, "decisions").seen).toBe("the user may not write the table mdb_decisions");
    await shop.execute("grant insert on mdb.mdb_decisions to reader@'%'");
    expect(worrying(await examine({ shop: mariadb(options) }))).toEqual(["error decisions", "warning outbox-dead"]);
    await shop.execute("grant delete on mdb.mdb_decisions to reader@'%'");
    const granted = await examine({ shop: mariadb(options) });
    expect(worrying(granted)).toEqual(["warning outbox-dead"]);
    expect(finding(granted, "members").seen).toBe("the user may not write the table mdb_members");
    await shop.execute("grant insert, delete on mdb.mdb_members to reader@'%'");
    expect((await examine({ shop: mariadb(options) })).map(({ check }) => check)).not.toContain("members");
  });
});
