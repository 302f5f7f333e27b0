import {
  DaoBase,
  type Database,
  DatabaseManager,
  defineDatabase,
  defineTable,
  type HeldTransaction,
  type PinnedConnection,
  type Session,
  sql,
  type Transaction,
  TransactionalDao,
} from "@nsj/mdb-core";
import { fakeDriver } from "@nsj/mdb-testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { record } from "../src/index.ts";

const fake = fakeDriver();
const databases = new DatabaseManager({ a: defineDatabase(fake.driver, { name: "a" }) });
const database = databases.database("a");
const items = defineTable<{ id: number; name: string; gone: string | null }>("items")
  .primaryKey("id")
  .softDelete("gone");

beforeAll(async () => {
  await database.execute("create table items (id integer primary key, name text not null, gone text)");
  await database.execute("insert into items (id, name) values (1, 'first')");
  await database.execute("create table calls (id integer)");
  await database.execute("create procedure add_call on calls");
  // The first use of a table may ask how its types are.
  await new OwnDao(database).findAll();
});
afterAll(async () => {
  await databases.close();
  fake.close();
});

/** What a driver is asked for when a statement is sent, and what a recording calls it. */
const kinds: Readonly<Record<string, string>> = {
  query: "query",
  stream: "stream",
  executeMany: "many",
  bulkLoad: "bulk",
  call: "call",
};

let last = 100;
const next = (): number => ++last;
const row = (): { id: number; name: string; gone: string | null } => ({ id: next(), name: "d", gone: null });
const insert = (): string => `insert into items (id, name) values (${next()}, 'x')`;
const drain = async (rows: AsyncIterable<unknown>): Promise<void> => {
  for await (const _row of rows);
};

type Calls<Subject> = Readonly<Record<string, (subject: Subject) => unknown>>;

const statements: Calls<Database> = {
  execute: (it) => it.execute(insert()),
  query: (it) => it.query("select 1"),
  queryOne: (it) => it.queryOne("select 1"),
  queryMaybeOne: (it) => it.queryMaybeOne("select 1 where 1 = 0"),
  queryScalar: (it) => it.queryScalar("select 1"),
  stream: (it) => drain(it.stream("select * from items")),
  executeMany: (it) => it.executeMany("insert into items (id, name) values (?, 'm')", [[next()], [next()]]),
  bulkInsert: (it) => it.bulkInsert("items", ["id", "name"], [[next(), "b"]]),
  call: (it) => it.call("add_call", { a: next(), b: 1 }),
  transaction: (it) => it.transaction((inner) => inner.query("select 1")),
};
const ofDatabase: Calls<Database> = {
  ...statements,
  begin: async (it) => {
    await using held = await it.begin();
    await held.query("select 1");
  },
  getSession: async (it) => {
    await using session = await it.getSession();
    await session.query("select 1");
  },
  withSession: (it) => it.withSession((session) => session.query("select 1")),
  withConnection: (it) => it.withConnection((connection) => connection.query("select 1")),
  ...silent("health", "connect", "evictConnections", "stats", "toJSON"),
};
const ofTransaction: Calls<Transaction> = {
  ...(statements as Calls<object>),
  savepoint: (tx) => tx.savepoint((inner) => inner.query("select 1")),
  onCommit: (tx) => tx.onCommit(() => {}),
  onRollback: (tx) => tx.onRollback(() => {}),
};
const ofHeld: Calls<HeldTransaction> = {
  ...(ofTransaction as Calls<HeldTransaction>),
  run: (tx) => tx.run(() => database.query("select 1")),
  ...silent("commit", "rollback"),
};
const ofSession: Calls<Session> = {
  ...(statements as Calls<object>),
  savepoint: (it) => it.savepoint((inner) => inner.query("select 1")),
  run: (it) => it.run(() => database.query("select 1")),
  ...silent("commit", "rollback", "close"),
};
const ofPinned: Calls<PinnedConnection> = { ...(statements as Calls<object>), ...silent("raw") };

type Dao = DaoBase<{ id: number; name: string; gone: string | null }, never, "id", never>;
const ofDao: Calls<Dao> = {
  findById: (dao) => dao.findById(1),
  findByIds: (dao) => dao.findByIds([1, 2]),
  findOne: (dao) => dao.findOne({ name: "x" }),
  findBy: (dao) => dao.findBy({ name: "x" }),
  findAll: (dao) => dao.findAll(),
  stream: (dao) => drain(dao.stream()),
  exists: (dao) => dao.exists({ name: "x" }),
  count: (dao) => dao.count(),
  page: (dao) => dao.page({ limit: 5 }),
  pageAfter: (dao) => dao.pageAfter({ limit: 5 }),
  insert: (dao) => dao.insert(row()),
  insertMany: (dao) => dao.insertMany([row(), row()]),
  bulkInsert: (dao) => dao.bulkInsert([row()]),
  update: (dao) => dao.update(1, { name: "u" }),
  updateBy: (dao) => dao.updateBy({ id: 1 }, { name: "u" }),
  upsert: (dao) => dao.upsert(row()),
  upsertMany: (dao) => dao.upsertMany([row(), row()]),
  delete: (dao) => dao.delete(2),
  deleteBy: (dao) => dao.deleteBy({ id: 3 }),
  restore: (dao) => dao.restore(2),
};

class OwnDao extends DaoBase.for(items) {
  static readonly own: Calls<OwnDao> = {
    query: (dao) => dao.query(sql`select ${dao.columns} from ${dao.table}`),
    queryOne: (dao) => dao.queryOne(sql`select ${dao.columns} from ${dao.table} where id = 1`),
    queryMaybeOne: (dao) => dao.queryMaybeOne("select * from items where id = 0"),
    queryScalar: (dao) => dao.queryScalar("select count(*) from items"),
    execute: (dao) => dao.execute("select 1"),
    map: (dao) => dao.map({ id: 1, name: "m", gone: null }),
  };
}

/** What sends nothing that the application has asked for. */
function silent(...names: readonly string[]): Calls<object> {
  return Object.fromEntries(names.map((name) => [name, (it: object) => (it as Calls<void>)[name]?.()]));
}

/** Not for applications, or the end of everything. */
const others = [
  "call",
  "atomically",
  "perform",
  "openStream",
  "close",
  "register",
  "unregister",
  "opened",
  "use",
  "run",
];

function expectWhole(subject: object, calls: object): void {
  const missing: string[] = [];
  for (let at = Object.getPrototypeOf(subject); at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (typeof value !== "function" || name === "constructor" || others.includes(name)) continue;
      if (!Object.hasOwn(calls, name)) missing.push(name);
    }
  }
  expect(missing).toEqual([]);
}

/** What the driver was asked for is recorded, all of it and once. */
async function expectRecorded(name: string, work: () => unknown): Promise<void> {
  const before = fake.calls.length;
  const log = await record(async () => work());
  const sent = fake.calls.slice(before).flatMap(({ on }) => kinds[on] ?? []);
  expect(log.statements.map(({ kind }) => kind)).toEqual(sent);
  if (!(name in silently)) expect(sent).not.toEqual([]);
  for (const { durationMs, error } of log.statements) {
    expect(durationMs).toBeGreaterThanOrEqual(0);
    expect(error).toBeUndefined();
  }
}

const silently = {
  ...silent("health", "connect", "evictConnections", "stats", "toJSON", "commit", "rollback", "close", "raw"),
  ...silent("onCommit", "onRollback", "map"),
};
const cases = <Subject>(calls: Calls<Subject>): [string, (subject: Subject) => unknown][] => Object.entries(calls);

describe("every call that sends a statement is recorded once", () => {
  it("there is a case for each method", async () => {
    expectWhole(database, ofDatabase);
    await database.transaction(async (tx) => expectWhole(tx, ofTransaction));
    await database.withSession(async (session) => expectWhole(session, ofSession));
    await database.withConnection(async (connection) => expectWhole(connection, ofPinned));
    expectWhole(new OwnDao(database), { ...ofDao, ...OwnDao.own });
    await using held = await database.begin();
    expectWhole(held, ofHeld);
  });

  it.each(cases(ofDatabase))("of a database: %s", (name, call) => expectRecorded(name, () => call(database)));

  it.each(cases(ofTransaction))("of a transaction: %s", (name, call) =>
    database.transaction((tx) => expectRecorded(name, () => call(tx))),
  );

  it.each(cases(ofHeld))("of a transaction that its holder ends: %s", async (name, call) => {
    await using held = await database.begin();
    await expectRecorded(name, () => call(held));
  });

  it.each(cases(ofSession))("of a session: %s", async (name, call) => {
    await using session = await database.getSession();
    await expectRecorded(name, () => call(session));
  });

  it.each(cases(ofPinned))("of a pinned connection: %s", (name, call) =>
    database.withConnection((connection) => expectRecorded(name, () => call(connection))),
  );

  it.each(cases(ofDao))("of a DAO: %s", (name, call) => expectRecorded(name, () => call(new OwnDao(database) as Dao)));

  it.each(cases(OwnDao.own))("of a DAO itself: %s", (name, call) =>
    expectRecorded(name, () => call(new OwnDao(database))),
  );

  it.each(cases(ofDao).filter(([name]) => name !== "stream"))("of a transactional DAO: %s", (name, call) =>
    expectRecorded(name, () => call(new (TransactionalDao.for(items))(database) as never)),
  );

  it("of a manager, for a session and a transaction", async () => {
    await expectRecorded("withSession", () => databases.withSession("a", (session) => session.query("select 1")));
    await expectRecorded("transaction", () => databases.transaction("a", (tx) => tx.query("select 1")));
  });
});
