// The same in CommonJS.
const assert = require("node:assert/strict");
const { mariadb, mysql } = require("@nsj/mdb-adapter-mysql");
const { postgres } = require("@nsj/mdb-adapter-postgres");
const { sqlite } = require("@nsj/mdb-adapter-sqlite");
const { DatabaseManager, sql, UndefinedObjectError } = require("@nsj/mdb-core");

async function main() {
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
}

main();
