// One process with two copies of core: one by `require`, one by `import`. What one makes, the other knows.
const assert = require("node:assert/strict");
const { sqlite } = require("@nsj/mdb-adapter-sqlite");
const required = require("@nsj/mdb-core");

async function main() {
  const imported = await import("@nsj/mdb-core");
  assert.notEqual(imported.MdbError, required.MdbError);

  const databases = new imported.DatabaseManager({ audit: sqlite({ filename: ":memory:" }) });
  const audit = databases.database("audit");
  await audit.execute("create table events (id integer primary key)");
  assert.deepEqual(await audit.query(required.sql`select ${1} as n`), [{ n: 1 }]);
  const insert = required.sql`insert into ${required.sql.identifier("events")} (id) values (${1})`;
  await audit.execute(imported.sql`${insert}`);
  await assert.rejects(audit.execute(insert), (error) => {
    assert.ok(error instanceof required.UniqueViolationError);
    assert.ok(error instanceof imported.UniqueViolationError);
    assert.ok(error instanceof required.MdbError);
    assert.ok(!(error instanceof required.SerializationError));
    assert.ok(required.isMdbError(error));
    return true;
  });
  await databases.close();

  required.ConnectionPool.configure({ default_db: sqlite({ filename: ":memory:" }) });
  const session = await imported.DatabaseManager.getSession("default_db");
  assert.equal(await session.queryScalar("select 7"), 7);
  await session.close();
  await imported.ConnectionPool.closeAllConnections();
  console.log("ok");
}

main();
