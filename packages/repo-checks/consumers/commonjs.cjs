// The same in CommonJS.
const assert = require("node:assert/strict");
const { postgres } = require("@nsj/mdb-adapter-postgres");
const { sqlite } = require("@nsj/mdb-adapter-sqlite");
const { DatabaseManager, sql, UndefinedObjectError } = require("@nsj/mdb-core");

async function main() {
  const databases = new DatabaseManager({
    orders: postgres({ connectionString: process.env.CONSUMER_POSTGRES_URL }),
    audit: sqlite({ filename: ":memory:" }),
  });
  for (const label of databases.labels) {
    const row = await databases.transaction(label, (tx) => tx.queryOne(sql`select cast(${20} as integer) + 1 as n`));
    assert.deepEqual(row, { n: 21 });
    await assert.rejects(databases.database(label).query("select * from missing"), UndefinedObjectError);
  }
  await databases.close();
  console.log("ok");
}

main();
