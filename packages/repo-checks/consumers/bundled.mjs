// What an application relies on of errors, to be bundled and minified.
import { mssql } from "@nsj/mdb-adapter-mssql";
import { mariadb, mysql } from "@nsj/mdb-adapter-mysql";
import { oracle } from "@nsj/mdb-adapter-oracle";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import {
  DatabaseManager,
  defineTable,
  isMdbError,
  MdbError,
  NoRowsError,
  SerializationError,
  StatementTimeoutError,
  UndefinedObjectError,
  UniqueViolationError,
} from "@nsj/mdb-core";

async function main() {
  const shopUrl = process.env.CONSUMER_MYSQL_URL ?? "";
  const databases = new DatabaseManager({
    main: sqlite({ filename: ":memory:" }),
    server: postgres({ connectionString: process.env.CONSUMER_POSTGRES_URL }),
  });
  const database = databases.database("main");
  const facts = {};
  await database.execute("create table things (id integer primary key)");
  await database.execute("insert into things (id) values (1)");
  facts.unique = told(await failure(database.execute("insert into things (id) values (1)")), UniqueViolationError);
  facts.noRows = told(await failure(database.queryOne("select id from things where id = 2")), NoRowsError);

  facts.attempts = 0;
  const conflict = "do $$ begin raise exception 'made up' using errcode = '40001'; end $$";
  const attempt = async (tx) => {
    facts.attempts += 1;
    if (facts.attempts < 3) await tx.execute(conflict);
  };
  await databases.transaction("server", attempt, { retry: { attempts: 5 } });
  const late = databases.database("server").query("select pg_sleep(600)", [], { timeoutMs: 50 });
  facts.late = told(await failure(late), StatementTimeoutError);

  const shop = (shopUrl.startsWith("mariadb:") ? mariadb : mysql)({ connectionString: shopUrl || undefined });
  if (shopUrl !== "") {
    const shops = new DatabaseManager({ shop });
    facts.missing = told(await failure(shops.database("shop").query("select * from missing")), UndefinedObjectError);
    await shops.close();
  }

  // Their drivers stay outside.
  const others = new DatabaseManager({
    sqlServer: mssql(JSON.parse(process.env.CONSUMER_MSSQL)),
    oracle: oracle(JSON.parse(process.env.CONSUMER_ORACLE)),
  });
  facts.others = [];
  for (const label of others.labels) {
    const other = others.database(label);
    await other.execute("create table bundled (amount decimal(30, 10))");
    await other.execute("insert into bundled (amount) values (:amount)", { amount: "12345678901234567890.5" });
    facts.others.push(await other.queryScalar("select amount from bundled"));
    await other.execute("drop table bundled");
    facts.others.push(told(await failure(other.query("select * from missing")), UndefinedObjectError));
  }
  await others.close();

  class OutOfStock extends NoRowsError {}
  const own = new OutOfStock("made up");
  facts.derived = [own instanceof OutOfStock, own instanceof NoRowsError, new NoRowsError("") instanceof OutOfStock];
  facts.table = defineTable("things").primaryKey("id").key;
  await databases.close();
  console.log(JSON.stringify(facts));
}

function told(error, Expected) {
  const classes = [Expected, MdbError, SerializationError].map((it) => error instanceof it);
  return [error.name, error.code, classes, isMdbError(error)];
}

async function failure(work) {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error("it had to fail");
}

main();
