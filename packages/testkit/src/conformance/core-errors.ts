import assert from "node:assert/strict";
import { inspect } from "node:util";
import {
  AuthenticationError,
  CancelledError,
  CheckViolationError,
  ConnectError,
  type Database,
  DatabaseManager,
  defineDatabase,
  ForeignKeyViolationError,
  MdbError,
  NoRowsError,
  NotNullViolationError,
  ParameterError,
  SqlSyntaxError,
  StatementTimeoutError,
  TooManyRowsError,
  UndefinedObjectError,
  UniqueViolationError,
} from "@nsj/mdb-core";
import type { Area } from "./area.ts";
import type { Bench } from "./bench.ts";
import { capability, snippet, supplied } from "./need.ts";
import { turns } from "./wait.ts";

type ErrorClass = abstract new (...args: never[]) => MdbError;

/** The same mistake gives the same class on every engine. */
export const coreErrors: Area = {
  name: "errors through core",
  cases: [
    {
      name: "gives the classes of the constraints, with what the engine tells and without the values",
      async run(bench) {
        const database = bench.database();
        const { integer, text } = bench.subject.types;
        const parent = await bench.tableIn(database, `id ${integer} primary key`);
        const columns = `id ${integer} primary key, body ${text} not null, n ${integer} check (n > 0), parent ${integer} references ${parent} (id)`;
        const table = await bench.tableIn(database, columns);
        const insert = `insert into ${table} (id, body, n, parent) values (:id, :body, :n, :parent)`;
        const good = { id: 1, body: "xyzzy-4711", n: 1, parent: null };
        await database.execute(insert, good);
        const mistakes: readonly [ErrorClass, object][] = [
          [UniqueViolationError, {}],
          [NotNullViolationError, { id: 2, body: null }],
          [CheckViolationError, { id: 3, n: -1 }],
          [ForeignKeyViolationError, { id: 4, parent: 99 }],
        ];
        for (const [expected, change] of mistakes) {
          const error = await fails(expected, () => database.execute(insert, { ...good, ...change }));
          assert.equal(error.retryable, false);
          assert.equal(error.database, "main");
          assert.equal(error.engine, bench.driver.name);
          assert.ok(error.statement?.includes(table), "the statement's text");
          assert.ok(!error.message.includes("xyzzy-4711"), error.message);
          assert.notEqual(error.cause, undefined, "the driver's own error");
        }
        assert.equal(Number(await database.queryScalar(`select count(*) from ${table}`)), 1);
      },
    },
    {
      name: "gives the classes of wrong statements, rows and parameters",
      async run(bench) {
        const database = bench.database();
        const table = await bench.tableIn(database, `id ${bench.subject.types.integer}`);
        await fails(SqlSyntaxError, () => database.query("selec 1 from"));
        await fails(UndefinedObjectError, () => database.query(`select id from ${bench.name()}`));
        await fails(UndefinedObjectError, () => database.query(`select no_such_column from ${table}`));
        await fails(NoRowsError, () => database.queryOne(`select id from ${table}`));
        await database.executeMany(`insert into ${table} (id) values (:id)`, [{ id: 1 }, { id: 2 }]);
        await fails(TooManyRowsError, () => database.queryMaybeOne(`select id from ${table}`));
        const one = `select id from ${table} where id = :id`;
        await fails(ParameterError, () => database.query(one, {}));
        await fails(ParameterError, () => database.query(one, { id: undefined }));
        await fails(ParameterError, () => database.query(one, { id: 1, more: 2 }));
        await fails(ParameterError, () => database.query(one, { id: Number.NaN }));
        assert.equal(database.stats().busy, 0);
      },
    },
    {
      name: "says of a wrong password that it is wrong, and shows no password",
      needs: [supplied("wrong", "password")],
      async run(bench) {
        const database = bench.database({}, { options: bench.subject.wrong?.password?.() ?? {} });
        const error = await fails(AuthenticationError, () => database.query(bench.select("1 as n")));
        const secret = bench.subject.secret?.();
        if (secret !== undefined) assert.ok(!inspect(error, { depth: 9 }).includes(secret));
      },
    },
    {
      name: "says of a database that does not exist that it is missing",
      needs: [supplied("wrong", "database")],
      async run(bench) {
        const database = bench.database({}, { options: bench.subject.wrong?.database?.() ?? {} });
        await fails(ConnectError, () => database.query(bench.select("1 as n")));
      },
    },
    {
      name: "says of a server that is not there that no connection can be opened, and works once it is there",
      needs: [supplied("network")],
      async run(bench) {
        const { proxy, options } = await bench.proxied();
        await proxy.set({ kind: "refuse" });
        const database = bench.database(
          { pool: { acquireTimeoutMs: 500, backoff: { initialMs: 10, maxMs: 20 } } as never },
          { options },
        );
        const error = await failing(() => database.query(bench.select("1 as n")));
        assert.ok(error instanceof MdbError && error.retryable, String(error));
        await proxy.set({ kind: "pass" });
        await bench.eventually(async () => {
          const [answer] = await Promise.allSettled([database.query(bench.select("1 as n"))]);
          return answer.status === "fulfilled";
        }, "a statement once the server is back");
      },
    },
    {
      name: "checks every database at once on connect, and names those that fail",
      needs: [supplied("wrong", "database")],
      async run(bench) {
        const manager = new DatabaseManager({
          good: defineDatabase(bench.driver, bench.subject.options()),
          bad: defineDatabase(bench.driver, bench.subject.wrong?.database?.() ?? {}),
        });
        try {
          const error = await failing(() => manager.connect());
          assert.ok(error instanceof AggregateError);
          assert.deepEqual(
            error.errors.map((it) => (it instanceof MdbError ? it.database : it)),
            ["bad"],
          );
        } finally {
          await manager.close();
        }
      },
    },
    {
      name: "stops a statement on the server when its time is up, and goes on with the same connection",
      needs: [capability("cancel"), snippet("sleep")],
      async run(bench) {
        const database = bench.database({ pool: { max: 1 } });
        // Connecting is no part of it, and would take of the same time.
        await answers(bench, database);
        await fails(StatementTimeoutError, () =>
          database.query(bench.subject.sql.sleep?.(45_000) ?? "", [], { timeoutMs: 150 }),
        );
        await answers(bench, database);
      },
    },
    {
      name: "stops a statement on the server when its signal aborts",
      needs: [capability("cancel"), snippet("sleep")],
      async run(bench) {
        const database = bench.database({ pool: { max: 1 } });
        await answers(bench, database);
        const abort = new AbortController();
        const sleeping = database.query(bench.subject.sql.sleep?.(45_000) ?? "", [], { signal: abort.signal });
        sleeping.catch(() => undefined);
        await turns(20);
        abort.abort(new Error("gave up"));
        await fails(CancelledError, () => sleeping);
        await answers(bench, database);
      },
    },
    {
      name: "answers everything after close with one error, and closes twice",
      async run(bench) {
        const database = bench.database();
        await answers(bench, database);
        await Promise.all([database.close(), database.close()]);
        const error = await failing(() => database.query(bench.select("1 as n")));
        assert.ok(error instanceof MdbError);
        assert.equal(error.code, "MDB_POOL_CLOSED");
      },
    },
  ],
};

async function answers(bench: Bench, database: Database): Promise<void> {
  const answer = await bench.within(database.queryScalar(bench.select("41 + 1 as n")), "a simple statement");
  assert.equal(Number(answer), 42);
}

async function fails(expected: ErrorClass, work: () => Promise<unknown>): Promise<MdbError> {
  const error = await failing(work);
  assert.ok(error instanceof expected, `${expected.name}, not ${String(error)}`);
  assert.ok(error instanceof MdbError);
  return error;
}

async function failing(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  return assert.fail("it had to fail");
}
