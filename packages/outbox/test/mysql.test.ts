import { mariadb, mariadbDriver, mysql, mysqlDriver } from "@nsj/mdb-adapter-mysql";
import { type DatabaseEntry, DatabaseManager } from "@nsj/mdb-core";
import { mysqlNeeded } from "@nsj/mdb-wire-servers";
import { afterAll, beforeAll, inject, it } from "vitest";
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
  outboxSuite(isMariadb ? "MariaDB" : "MySQL", () => open({ database }));
}
