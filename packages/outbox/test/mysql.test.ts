import { mariadb, mariadbDriver, mysql, mysqlDriver } from "@nsj/mdb-adapter-mysql";
import { type DatabaseEntry, DatabaseManager } from "@nsj/mdb-core";
import { inbox, outbox } from "@nsj/mdb-outbox";
import { mysqlNeeded } from "@nsj/mdb-wire-servers";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { until } from "./outbox-bed.ts";
import { outboxSuite } from "./outbox-suite.ts";

const url = inject("mysqlUrl");
if (url === "") it("needs a server", ({ skip }) => skip(mysqlNeeded));
else onServer();

function onServer(): void {
  const isMariadb = url.startsWith("mariadb:");
  const database = `outbox_${process.pid}`;
  const open = (more: object): DatabaseEntry =>
    isMariadb ? mariadb({ ...mariadbDriver.parseUrl(url), ...more }) : mysql({ ...mysqlDriver.parseUrl(url), ...more });
  const administer = async (text: string): Promise<void> => {
    await using server = new DatabaseManager({ server: open({}) });
    await server.database("server").execute(text);
  };
  beforeAll(() => administer(`create database ${database}`));
  afterAll(() => administer(`drop database ${database}`));
  // InnoDB gives the lock of a key whose first writer has failed to all who wait, each of whom keeps it from the others.
  it("does once what several wait for while the first one fails", async () => {
    await using databases = new DatabaseManager({ main: open({ database }) });
    const main = databases.database("main");
    const requests = inbox(main, { table: "waited_for" });
    await requests.createTables();
    const mayFail = Promise.withResolvers<void>();
    let runs = 0;
    const first = requests.once("key", async () => {
      runs++;
      await mayFail.promise;
      throw new RangeError("no");
    });
    first.catch(() => {});
    await until(() => runs === 1);
    const others = [1, 2, 3].map(() => requests.once("key", async () => ++runs));
    const waiting = "select count(*) from information_schema.processlist where info like 'insert into waited_for%'";
    await until(async () => Number(await main.queryScalar(waiting)) === 3);
    mayFail.resolve();
    await expect(first).rejects.toThrow(RangeError);
    expect(await Promise.all(others)).toEqual([2, 2, 2]);
  });
  it("makes tables that take part in transactions and hold every text, whatever the server and the database make by default", async () => {
    const latin = `${database}_latin`;
    await administer(`create database ${latin} character set latin1`);
    try {
      await using databases = new DatabaseManager({ main: open({ database: latin }) });
      const main = databases.database("main");
      const events = outbox(main, { keepMs: 1 });
      const all = [events, inbox(main), outbox(main, { table: "captured", format: "debezium" })].map((it) => it.ddl());
      await main.withConnection(async (connection) => {
        await connection.execute("set session default_storage_engine = MyISAM");
        for (const text of [...all.flat(), ...databases.storeDdl("main")]) await connection.execute(text);
      });
      const text = "select distinct engine from information_schema.tables where table_schema = :latin";
      expect(await main.query(text, { latin }, { rowMode: "array" })).toEqual([["InnoDB"]]);
      await main.transaction(() => events.add({ topic: "Χαῖρε 🌍", key: "世界", body: "🌍" }));
      expect(await main.queryScalar("select topic from mdb_outbox")).toBe("Χαῖρε 🌍");
    } finally {
      await administer(`drop database ${latin}`);
    }
  });
  outboxSuite(isMariadb ? "MariaDB" : "MySQL", () => open({ database }));
}
