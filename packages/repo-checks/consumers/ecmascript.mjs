// A program in ECMAScript modules that uses the packages as they are published.
import assert from "node:assert/strict";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { DatabaseManager, sql, UndefinedObjectError } from "@nsj/mdb-core";

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
