import {
  DaoBase,
  type Database,
  Database as DatabaseClass,
  type DatabaseManager,
  defineTable,
  type HeldTransaction,
  type PinnedConnection,
  type Session,
  sql,
  type Transaction,
  TransactionalDao,
} from "@nsj/mdb-core";
import { afterEach, describe, expect, it } from "vitest";
import { TracedWire } from "./traced-wire.ts";

const wire = new TracedWire();
const items = defineTable<{ id: number; name: string; gone: string | null }>("items")
  .primaryKey("id")
  .softDelete("gone");

/** What a call is expected to send and to tell. */
interface Expected {
  /** The kinds of `mdb:query`, in order; those of the library's own traffic left out. */
  readonly sent: readonly string[];
  /** The kinds of `mdb:transaction`, as they end. */
  readonly transactions?: readonly string[];
  readonly spanning?: number;
  /** For what sends nothing by itself, but takes a connection. */
  readonly acquires?: number;
}

type Call<Subject> = Expected & { readonly run: (subject: Subject) => unknown };
type Calls<Subject> = Readonly<Record<string, Call<Subject>>>;

const alone = ["begin", "query", "commit"];
const nested = ["savepoint", "query", "savepoint"];
const nothing = { sent: [] } as const;
let id = 100;
const next = (): number => ++id;
const insert = (): string => `insert into items (id, name) values (${next()}, 'x')`;
const drain = async (rows: AsyncIterable<unknown>): Promise<void> => {
  for await (const _row of rows);
};

/** What every executor has; `around` is what a call of several statements is surrounded with. */
function statements<Subject extends Pick<Database, "query">>(
  around: (kind: string) => Expected,
): Calls<Subject & Database> {
  return {
    execute: { sent: ["query"], run: (it) => it.execute(insert()) },
    query: { sent: ["query"], run: (it) => it.query("select 1") },
    queryOne: { sent: ["query"], run: (it) => it.queryOne("select 1") },
    queryMaybeOne: { sent: ["query"], run: (it) => it.queryMaybeOne("select 1 where 1 = 0") },
    queryScalar: { sent: ["query"], run: (it) => it.queryScalar("select 1") },
    stream: { sent: ["stream"], run: (it) => drain(it.stream("select * from items")) },
    executeMany: {
      ...around("many"),
      run: (it) => it.executeMany("insert into items (id, name) values (?, 'm')", [[next()], [next()]]),
    },
    bulkInsert: { ...around("bulk"), run: (it) => it.bulkInsert("items", ["id", "name"], [[next(), "b"]]) },
    call: { sent: ["call"], run: (it) => it.call("add_call", { a: next(), b: 1 }) },
  };
}

const ownTransaction = (kind: string): Expected => ({ sent: ["begin", kind, "commit"], transactions: ["transaction"] });
const inTransaction = (kind: string): Expected => ({ sent: [kind] });
const savepoint = { sent: nested, transactions: ["savepoint"] } as const;

const ofDatabase: Calls<Database> = {
  ...statements(ownTransaction),
  transaction: {
    sent: alone,
    transactions: ["transaction"],
    run: (it) => it.transaction((tx) => tx.query("select 1")),
  },
  begin: {
    sent: ["begin", "query", "rollback"],
    transactions: ["transaction"],
    async run(it) {
      const held = await it.begin();
      await held.query("select 1");
      await held.rollback();
    },
  },
  getSession: { ...nothing, run: async (it) => (await it.getSession()).close() },
  withSession: {
    sent: alone,
    transactions: ["session"],
    run: (it) =>
      it.withSession(async (session) => {
        await session.query("select 1");
        await session.commit();
      }),
  },
  withConnection: { sent: ["query"], run: (it) => it.withConnection((connection) => connection.query("select 1")) },
  health: { ...nothing, acquires: 1, run: (it) => it.health() },
  connect: { ...nothing, run: (it) => it.connect() },
  evictConnections: { ...nothing, run: (it) => it.evictConnections() },
  stats: { ...nothing, run: (it) => it.stats() },
  toJSON: { ...nothing, run: (it) => it.toJSON() },
};

const ofTransaction: Calls<Transaction> = {
  ...(statements(inTransaction) as unknown as Calls<Transaction>),
  transaction: { ...savepoint, run: (tx) => tx.transaction((inner) => inner.query("select 1")) },
  savepoint: { ...savepoint, run: (tx) => tx.savepoint((inner) => inner.query("select 1")) },
  onCommit: { ...nothing, run: (tx) => tx.onCommit(() => {}) },
  onRollback: { ...nothing, run: (tx) => tx.onRollback(() => {}) },
};

const ofHeld: Calls<HeldTransaction> = {
  ...(ofTransaction as Calls<HeldTransaction>),
  run: { sent: ["query"], run: (tx) => tx.run(async () => wire.manager.database("a").query("select 1")) },
  commit: { sent: ["commit"], transactions: ["transaction"], run: (tx) => tx.commit() },
  rollback: { sent: ["rollback"], transactions: ["transaction"], run: (tx) => tx.rollback() },
};

const ofSession: Calls<Session> = {
  ...(statements(inTransaction) as unknown as Calls<Session>),
  transaction: { ...savepoint, run: (it) => it.transaction((inner) => inner.query("select 1")) },
  savepoint: { ...savepoint, run: (it) => it.savepoint((inner) => inner.query("select 1")) },
  run: { sent: ["query"], run: (it) => it.run(async () => wire.manager.database("a").query("select 1")) },
  commit: { sent: ["commit"], transactions: ["session"], run: (it) => it.commit() },
  rollback: { sent: ["rollback"], transactions: ["session"], run: (it) => it.rollback() },
  close: { sent: ["rollback"], transactions: ["session"], run: (it) => it.close() },
};

const ofPinned: Calls<PinnedConnection> = {
  ...(statements(ownTransaction) as unknown as Calls<PinnedConnection>),
  transaction: {
    sent: alone,
    transactions: ["transaction"],
    run: (it) => it.transaction((tx) => tx.query("select 1")),
  },
  raw: { ...nothing, run: (it) => it.raw() },
};

type Dao = DaoBase<{ id: number; name: string; gone: string | null }, never, "id", never>;
const row = (): { id: number; name: string; gone: string | null } => ({ id: next(), name: "d", gone: null });
const ofDao: Calls<Dao> = {
  findById: { sent: ["query"], run: (dao) => dao.findById(1) },
  findByIds: { sent: ["query"], run: (dao) => dao.findByIds([1, 2]) },
  findOne: { sent: ["query"], run: (dao) => dao.findOne({ name: "x" }) },
  findBy: { sent: ["query"], run: (dao) => dao.findBy({ name: "x" }) },
  findAll: { sent: ["query"], run: (dao) => dao.findAll() },
  stream: { sent: ["stream"], run: (dao) => drain(dao.stream()) },
  exists: { sent: ["query"], run: (dao) => dao.exists({ name: "x" }) },
  count: { sent: ["query"], run: (dao) => dao.count() },
  // The items, and how many there are.
  page: { sent: ["query", "query"], run: (dao) => dao.page({ limit: 5 }) },
  pageAfter: { sent: ["query"], run: (dao) => dao.pageAfter({ limit: 5 }) },
  insert: { sent: ["query"], run: (dao) => dao.insert(row()) },
  insertMany: { sent: alone, transactions: ["transaction"], run: (dao) => dao.insertMany([row(), row()]) },
  bulkInsert: { ...ownTransaction("bulk"), run: (dao) => dao.bulkInsert([row()]) },
  update: { sent: ["query"], run: async (dao) => dao.update(1, { name: "u" }) },
  updateBy: { sent: ["query"], run: (dao) => dao.updateBy({ id: 1 }, { name: "u" }) },
  upsert: { sent: alone, transactions: ["transaction"], run: (dao) => dao.upsert(row()) },
  upsertMany: {
    sent: ["begin", "query", "query", "commit"],
    transactions: ["transaction"],
    run: (dao) => dao.upsertMany([row(), row()]),
  },
  delete: { sent: ["query"], run: (dao) => dao.delete(2) },
  deleteBy: { sent: ["query"], run: (dao) => dao.deleteBy({ id: 3 }) },
  restore: { sent: ["query"], run: (dao) => dao.restore(2) },
};

class OwnDao extends DaoBase.for(items) {
  static readonly own: Calls<OwnDao> = {
    query: { sent: ["query"], run: (dao) => dao.query(sql`select ${dao.columns} from ${dao.table}`) },
    queryOne: {
      sent: ["query"],
      run: (dao) => dao.queryOne(sql`select ${dao.columns} from ${dao.table} where id = 1`),
    },
    queryMaybeOne: { sent: ["query"], run: (dao) => dao.queryMaybeOne("select * from items where id = 0") },
    queryScalar: { sent: ["query"], run: (dao) => dao.queryScalar("select count(*) from items") },
    execute: { sent: ["query"], run: (dao) => dao.execute("select 1") },
    map: { ...nothing, run: (dao) => dao.map({ id: 1, name: "m", gone: null }) },
  };
}

const ofManager: Calls<DatabaseManager> = {
  database: { ...nothing, run: (it) => it.database("a") },
  getSession: { ...nothing, run: async (it) => (await it.getSession("a")).close() },
  withSession: {
    ...ofDatabase["withSession"],
    sent: alone,
    run: (it) =>
      it.withSession("a", async (session) => {
        await session.query("select 1");
        await session.commit();
      }),
  },
  transaction: {
    sent: ["begin", "query", "begin", "query", "prepare", "commit", "finish"],
    transactions: ["spanning", "spanning"],
    spanning: 1,
    run: (it) =>
      it.transaction(
        ["a", "b"],
        async ({ a, b }) => {
          await a?.execute(insert());
          await b?.execute("insert into others values (1)");
        },
        { timeoutMs: 5_000, decider: "a" },
      ),
  },
  begin: { ...nothing, transactions: ["transaction"], run: async (it) => (await it.begin("a")).rollback() },
  connect: { ...nothing, run: (it) => it.connect() },
  stats: { ...nothing, run: (it) => it.stats() },
  health: { ...nothing, acquires: 2, run: (it) => it.health() },
  toJSON: { ...nothing, run: (it) => it.toJSON() },
  prepareStore: { ...nothing, run: (it) => it.prepareStore("a") },
  storeDdl: { ...nothing, run: (it) => it.storeDdl("a") },
  recover: { ...nothing, run: (it) => it.recover() },
  inDoubt: { ...nothing, run: (it) => it.inDoubt() },
  resolve: {
    ...nothing,
    run: (it) => (it.resolve("x:y", "rollback", { force: true }) as Promise<unknown>).catch(() => {}),
  },
  outcome: { ...nothing, run: (it) => it.outcome("x:y").catch(() => {}) },
};

/** What ends or adds databases: nothing of it goes to a server, and the other calls need them. */
const ofLife = ["close", "register", "unregister"];
/** What subclasses implement. */
const inner = [
  "atomically",
  "perform",
  "openStream",
  "run",
  "call",
  "opened",
  "transactionOver",
  "startRecovery",
  "stopRecovery",
  "leftIn",
  // What a pinned connection is ended by.
  "use",
];

/** The methods of an object, those of its prototypes included. */
function methodsOf(subject: object): readonly string[] {
  const names = new Set<string>();
  for (let at = Object.getPrototypeOf(subject); at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (typeof value === "function" && name !== "constructor") names.add(name);
    }
  }
  return [...names];
}

/** Every method has its case. */
function expectWhole(subject: object, calls: object, also: readonly string[] = []): void {
  const known = [...Object.keys(calls), ...also];
  expect(methodsOf(subject).filter((name) => !known.includes(name) && !inner.includes(name))).toEqual([]);
}

async function expectTold(work: () => unknown, expected: Expected): Promise<void> {
  const told = await wire.during(work);
  expect(told.queries.filter(({ kind }) => kind !== "internal").map(({ kind }) => kind)).toEqual(expected.sent);
  expect(told.transactions.map(({ kind }) => kind)).toEqual(expected.transactions ?? []);
  expect(told.spanning).toHaveLength(expected.spanning ?? 0);
  if (expected.acquires !== undefined) expect(told.acquires).toHaveLength(expected.acquires);
  // Whatever went out was told, and nothing else was.
  const internal = told.queries.some(({ kind }) => kind === "internal");
  if (internal) expect(told.queries.length).toBeGreaterThanOrEqual(told.wire.length);
  else expect(told.wire).toEqual(told.queries.map(({ kind }) => kind));
}

const cases = <Subject>(calls: Calls<Subject>): [string, Call<Subject>][] => Object.entries(calls);

describe("each call is one event, as is each begin, commit, rollback and savepoint that is sent", () => {
  const database = (): Database => wire.manager.database("a");
  const cleanUps: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0)) await cleanUp();
  });

  describe("of a database", () => {
    it("has a case for each method", () => expectWhole(database(), ofDatabase, ofLife));
    it.each(cases(ofDatabase))("%s", (_name, call) => expectTold(() => call.run(database()), call));
  });

  describe("of a transaction", () => {
    it("has a case for each method", () => database().transaction(async (tx) => expectWhole(tx, ofTransaction)));
    it.each(cases(ofTransaction))("%s", (_name, call) =>
      database().transaction(async (tx) => {
        await tx.query("select 1");
        await expectTold(() => call.run(tx), call);
      }),
    );
  });

  describe("of a transaction that its holder ends", () => {
    it("has a case for each method", async () => {
      await using tx = await database().begin();
      expectWhole(tx, ofHeld);
    });
    it.each(cases(ofHeld))("%s", async (_name, call) => {
      let held: HeldTransaction | undefined;
      // Its event begins with it, so that it has to be seen from there.
      const told = await wire.during(async () => {
        held = await database().begin();
        await held.query("select 1");
        await call.run(held);
        if (call.transactions?.includes("transaction") !== true) await held.rollback();
      });
      const ends = call.transactions?.includes("transaction") === true;
      const sent = ["begin", "query", ...call.sent, ...(ends ? [] : ["rollback"])];
      expect(told.queries.map(({ kind }) => kind)).toEqual(sent);
      expect(told.wire).toEqual(sent);
      expect(told.transactions.map(({ kind }) => kind)).toEqual([
        ...(call.transactions ?? []),
        ...(ends ? [] : ["transaction"]),
      ]);
    });
  });

  describe("of a session", () => {
    it("has a case for each method", () => database().withSession(async (session) => expectWhole(session, ofSession)));
    it.each(cases(ofSession))("%s", async (_name, call) => {
      const ends = call.transactions?.includes("session") === true;
      const told = await wire.during(() =>
        database().withSession(async (session) => {
          await session.query("select 1");
          await call.run(session);
        }),
      );
      const sent = ["begin", "query", ...call.sent, ...(ends ? [] : ["rollback"])];
      expect(told.queries.map(({ kind }) => kind)).toEqual(sent);
      expect(told.wire).toEqual(sent);
      expect(told.transactions.map(({ kind }) => kind)).toEqual([
        ...(call.transactions ?? []),
        ...(ends ? [] : ["session"]),
      ]);
    });
  });

  describe("of a pinned connection", () => {
    it("has a case for each method", () => database().withConnection(async (it) => expectWhole(it, ofPinned)));
    it.each(cases(ofPinned))("%s", (_name, call) =>
      database().withConnection((pinned) => expectTold(() => call.run(pinned), call)),
    );
  });

  describe("of a DAO", () => {
    it("has a case for each method", async () => {
      expectWhole(new OwnDao(database()), { ...ofDao, ...OwnDao.own });
      await new OwnDao(database()).findAll();
    });
    it.each(cases(ofDao))("%s", (_name, call) => expectTold(() => call.run(new OwnDao(database()) as Dao), call));
    it.each(cases(OwnDao.own))("%s of its own", (_name, call) =>
      expectTold(() => call.run(new OwnDao(database())), call),
    );
  });

  describe("of a transactional DAO", () => {
    const dao = (): TransactionalDao<{ id: number; name: string; gone: string | null }, never, "id", never> =>
      new (TransactionalDao.for(items))(database()) as never;
    it("has a case for each method", () => expectWhole(dao(), { ...ofDao, ...OwnDao.own }, ["transaction"]));
    it.each(cases(ofDao).filter(([name]) => name !== "stream"))("%s in a transaction of its own", (_name, call) =>
      expectTold(() => call.run(dao() as Dao), {
        sent: ["begin", ...call.sent.filter((kind) => kind !== "begin" && kind !== "commit"), "commit"],
        transactions: [...(call.transactions ?? []).map(() => "joined"), "transaction"],
      }),
    );
    it("transaction", () =>
      expectTold(() => dao().transaction((tx) => tx.query("select 1")), {
        sent: alone,
        transactions: ["transaction"],
      }));
  });

  describe("of a manager", () => {
    it("has a case for each method", () => expectWhole(wire.manager, ofManager, ofLife));
    it.each(cases(ofManager))("%s", (_name, call) => expectTold(() => call.run(wire.manager), call));
  });

  it("fails for a method that is added without a case", () => {
    class Grown extends DatabaseClass {
      sneak(): void {}
    }
    const grown = Object.create(Grown.prototype) as Grown;
    expect(() => expectWhole(grown, ofDatabase, ofLife)).toThrow(/sneak/);
  });
});
