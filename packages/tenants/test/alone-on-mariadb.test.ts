import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mariadb, mariadbDriver } from "@nsj/mdb-adapter-mysql";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { DatabaseManager, defineDatabase } from "@nsj/mdb-core";
import { tenants } from "@nsj/mdb-tenants";
import { mysqlNeeded, type RunningMysql, startMysql } from "@nsj/mdb-wire-servers";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { cutOff } from "./support/cut-off.ts";

let server: RunningMysql | undefined;
beforeAll(async () => {
  const started = await startMysql(["--innodb-flush-log-at-trx-commit=1"]);
  if (started?.flavor === "mariadb") server = started;
  else await started?.stop();
});
afterAll(() => server?.stop());

it("a tenant with a database of its own on MariaDB takes part, and what is left of it is found by its note", async ({
  skip,
}) => {
  if (server === undefined) return skip(mysqlNeeded);
  const options = mariadbDriver.parseUrl(server.url);
  await using admin = new DatabaseManager({ main: mariadb(options) });
  await admin.database("main").execute("create database acme");
  await admin.database("main").execute("create table acme.t (id int)");
  const directory = mkdtempSync(join(tmpdir(), "mdb-lone-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  let isAway = false;
  const shops = tenants({
    driver: mariadbDriver,
    resolve: () =>
      defineDatabase(
        cutOff(mariadbDriver, () => isAway),
        { ...options, database: "acme" },
      ),
  });
  const databases = new DatabaseManager(
    { control: sqlite({ filename: join(directory, "c.db") }), shop: shops },
    { recovery: { everyMs: Number.POSITIVE_INFINITY } },
  );
  onTestFinished(() => databases.close({ timeoutMs: 0 }));
  const control = databases.database("control");
  await control.execute("create table t (id int)");
  await databases.prepareStore("control");
  const both = (id: number) =>
    shops.run("acme", () =>
      databases.transaction(["control", "shop"], async (handles) => {
        await handles.control.execute("insert into t values (:id)", { id });
        await handles.shop.execute("insert into t values (:id)", { id });
      }),
    );
  const rows = () => admin.database("main").queryScalar("select group_concat(id order by id) from acme.t");
  await both(1);
  expect(await rows()).toBe("1");
  isAway = true;
  await both(2);
  expect(await rows()).toBe("1");
  isAway = false;
  while ((await databases.recover()).branches.length > 0);
  expect(await rows()).toBe("1,2");
  expect(await control.queryScalar("select count(*) from mdb_members")).toBe(0);
});
