import { DatabaseManager, UnsupportedError } from "@nsj/mdb-core";
import { daoSuite } from "@nsj/mdb-testkit";
import { type RunningMysql, startMysql } from "@nsj/mdb-wire-servers";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { mariadb, mariadbDriver } from "../src/index.ts";
import { driver, serverUrl, withServer } from "./support/server.ts";
import { daoSubject } from "./support/subject.ts";

withServer(() => {
  const isMariadb = driver.name === "mariadb";
  const durable = "--innodb-flush-log-at-trx-commit=1";

  describe("a server that calls itself MariaDB 10.4", () => {
    if (!isMariadb || process.env["MDB_MYSQL_URL"]) {
      it("is started by the test", ({ skip }) =>
        skip("the server of this run is MySQL, or was given by MDB_MYSQL_URL"));
      return;
    }
    let server: RunningMysql | undefined;
    let newer: RunningMysql | undefined;
    beforeAll(async () => {
      [server, newer] = await Promise.all([startMysql(["--version=10.4.34-MariaDB", durable]), startMysql([durable])]);
    });
    afterAll(() => Promise.all([server?.stop(), newer?.stop()]));

    it("is refused at login, with what to say, because DAOs are written before anything connects", async () => {
      const connecting = mariadbDriver
        .connector(mariadbDriver.parseUrl(server?.url ?? ""))
        .connect({ deadline: Number.POSITIVE_INFINITY });
      await expect(connecting).rejects.toMatchObject({
        code: "MDB_CONFIGURATION",
        message: expect.stringContaining('lacks: ["returning"]'),
      });
    });

    it("is no branch of a transaction over several databases, and can decide", async () => {
      const old = () => mariadb({ connectionString: server?.url ?? "", lacks: ["returning"] });
      const databases = new DatabaseManager({ a: old(), b: old() });
      onTestFinished(() => databases.close());
      expect(databases.database("a").capabilities.branches).toBe("from-begin");
      await databases.prepareStore("a");
      expect(databases.database("a").capabilities.branches).toBe("none");
      const both = databases.transaction(["a", "b"], async ({ a, b }) => {
        await a.query("select 1");
        await b.query("select 1");
      });
      await expect(both).rejects.toBeInstanceOf(UnsupportedError);
      await databases.database("a").query("select 1");
    });

    it("decides over another server's branch in the first transaction that anybody runs", async () => {
      const old = mariadb({ connectionString: server?.url ?? "", lacks: ["returning"] });
      const open = () => {
        const databases = new DatabaseManager({ branch: mariadb({ connectionString: newer?.url ?? "" }), old });
        onTestFinished(() => databases.close());
        return databases;
      };
      await open().prepareStore("old");
      for (const label of ["branch", "old"] as const) {
        await open().database(label).execute("create table in_both (id int primary key)");
      }
      await open().transaction(["branch", "old"], async (both) => {
        await both.branch.execute("insert into in_both values (1)");
        await both.old.execute("insert into in_both values (1)");
      });
      for (const label of ["branch", "old"] as const) {
        expect(await open().database(label).queryScalar("select count(*) from in_both"), label).toBe(1);
      }
    });
  });

  // A server without INSERT ... RETURNING, as far as anything that is sent goes.
  if (isMariadb) {
    daoSuite(
      { describe, it, before: beforeAll, after: afterAll },
      daoSubject({ url: () => serverUrl ?? "", options: { lacks: ["returning"] } }),
    );
  }
});
