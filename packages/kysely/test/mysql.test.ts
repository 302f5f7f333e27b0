import { mariadb, mysql } from "@nsj/mdb-adapter-mysql";
import { mysqlNeeded } from "@nsj/mdb-wire-servers";
import { inject, it } from "vitest";
import { kyselySuite } from "./support/suite.ts";

const connectionString = inject("mysqlUrl");

if (connectionString) {
  const factory = connectionString.startsWith("mariadb:") ? mariadb : mysql;
  kyselySuite({
    name: "MySQL or MariaDB",
    definition: () => factory({ connectionString }),
    remember: "create temporary table kysely_mark (n int)",
    recall: "select n from kysely_mark",
  });
} else {
  it("needs a server", ({ skip }) => skip(mysqlNeeded));
}
