import { DatabaseManager, UnsupportedError } from "@nsj/mdb-core";
import { daoSuite } from "@nsj/mdb-testkit";
import { type RunningMysql, startMysql } from "@nsj/mdb-wire-servers";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { mariadb, mariadbDriver } from "../src/index.ts";
import { driver, serverUrl, withServer } from "./support/server.ts";
import { daoSubject } from "./support/subject.ts";

withServer(() => {
  const isMariadb = driver.name === "mariadb";

  describe.skipIf(!isMariadb || process.env["MDB_MYSQL_URL"])("a server that calls itself MariaDB 10.4", () => {
    let server: RunningMysql | undefined;
    beforeAll(async () => {
      server = await startMysql(["--version=10.4.34-MariaDB", "--innodb-flush-log-at-trx-commit=1"]);
    });
    afterAll(() => server?.stop());

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
  });

  // A server without INSERT ... RETURNING, as far as anything that is sent goes.
  if (isMariadb) {
    daoSuite(
      { describe, it, before: beforeAll, after: afterAll },
      daoSubject({ url: () => serverUrl ?? "", options: { lacks: ["returning"] } }),
    );
  }
});
