// A program in ECMAScript modules that uses the packages as they are published.
import assert from "node:assert/strict";
import { mariadb, mysql } from "@nsj/mdb-adapter-mysql";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { DatabaseManager, sql, UndefinedObjectError } from "@nsj/mdb-core";

// Not every machine has a server of the two.
const shopUrl = process.env.CONSUMER_MYSQL_URL ?? "";
const shop = (shopUrl.startsWith("mariadb:") ? mariadb : mysql)({ connectionString: shopUrl || undefined });
const databases = new DatabaseManager({
  orders: postgres({ connectionString: process.env.CONSUMER_POSTGRES_URL }),
  audit: sqlite({ filename: ":memory:" }),
  ...(shopUrl === "" ? {} : { shop }),
});
for (const label of databases.labels) {
  const row = await databases.transaction(label, (tx) => tx.queryOne(sql`select ${20} + 1 as n`));
  assert.deepEqual(row, { n: 21 });
  await assert.rejects(databases.database(label).query("select * from missing"), UndefinedObjectError);
}
await databases.close();
console.log("ok");
