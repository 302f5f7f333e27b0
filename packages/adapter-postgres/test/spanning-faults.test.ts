import {
  CommitOutcomeUnknownError,
  DatabaseManager,
  PartialCommitError,
  PermissionError,
  ReadOnlyError,
  UniqueViolationError,
  UnsupportedError,
} from "@nsj/mdb-core";
import { type RunningPostgres, startPostgres } from "@nsj/mdb-wire-servers";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { postgres, postgresDriver } from "../src/index.ts";
import { uniqueName } from "./support/driving.ts";
import { asAdmin, server, serverOptions } from "./support/server.ts";
import { spannedDatabases } from "./support/spanned-databases.ts";
import { clientOf, plant } from "./support/spanning.ts";

const { names, open } = spannedDatabases("orders", "stock");
type Label = keyof typeof names;

let databases: ReturnType<typeof open>;
let store: string;
beforeEach(async () => {
  databases = open();
  for (const label of ["orders", "stock"] as const) {
    await databases
      .database(label)
      .execute("create table if not exists t (id integer unique deferrable initially deferred)");
    const id = await databases.prepareStore(label);
    if (label === "orders") store = id;
    await databases.database(label).execute("truncate t, mdb_decisions");
  }
});
afterEach(async () => {
  for (const label of ["orders", "stock"] as const) {
    const client = await clientOf(names[label]);
    const { rows } = await client.query("select gid from pg_prepared_xacts where database = current_database()");
    for (const { gid } of rows) await client.query(`rollback prepared '${gid}'`);
    await client.end();
  }
});

const insert = (id: number) => `insert into t values (${id})`;

/** The rows of `t` of each label. */
async function counts(): Promise<readonly number[]> {
  const all = (["orders", "stock"] as const).map((it) => databases.database(it).queryScalar("select count(*) from t"));
  return (await Promise.all(all)).map(Number);
}

/** One row in each, and more in one of them. */
function bothAnd(label: Label, text: string, manager = databases, mode: "atomic" | "best-effort" = "atomic") {
  return manager.transaction(
    ["orders", "stock"],
    async (transactions) => {
      for (const it of ["orders", "stock"] as const) await transactions[it].execute(insert(1));
      await transactions[label].execute(text);
    },
    { mode },
  );
}

describe("a deferred constraint that would fail at COMMIT", () => {
  it("is found before anything is committed, in a branch, in the decider, and by best effort in any of them", async () => {
    for (const mode of ["atomic", "best-effort"] as const) {
      for (const label of ["orders", "stock"] as const) {
        const error = await bothAnd(label, insert(1), databases, mode).catch((it: unknown) => it);
        expect(error, `${mode} ${label}`).toBeInstanceOf(UniqueViolationError);
        expect(error).not.toBeInstanceOf(PartialCommitError);
        expect(await counts()).toEqual([0, 0]);
      }
    }
    expect(await databases.inDoubt()).toEqual([]);
  });

  it("may be broken for a while, and is deferred again in the next transaction", async () => {
    for (let round = 0; round < 2; round++) {
      await databases.transaction(
        ["orders", "stock"],
        async ({ orders, stock }) => {
          await orders.execute(insert(10 + round));
          for (const text of [insert(1), insert(1), "delete from t"]) await stock.execute(text);
          await stock.execute(insert(20 + round));
        },
        { mode: "best-effort" },
      );
    }
    expect(await counts()).toEqual([2, 1]);
  });
});

describe("what PostgreSQL refuses to prepare", () => {
  const unpreparable = [
    "create temp table not_here (id integer) on commit drop",
    "notify somebody",
    "select pg_notify('somebody', 'x')",
    "listen something",
    "declare c cursor with hold for select 1",
    "select pg_export_snapshot()",
  ];

  it("is no matter in the decider, and where only one database has done anything, also without a row", async () => {
    for (const [index, text] of unpreparable.entries()) {
      await databases.transaction(["orders", "stock"], async ({ orders, stock }) => {
        await orders.execute(text);
        await stock.execute(insert(index));
      });
      await databases.transaction(["orders", "stock"], ({ stock }) => stock.execute(text));
      await databases.transaction(["orders", "stock"], ({ orders }) => orders.execute(text));
    }
    expect(await counts()).toEqual([0, unpreparable.length]);
    expect(await databases.inDoubt()).toEqual([]);
  });

  it("in a branch rolls everything back, and leaves the connections as they were", async () => {
    for (const text of unpreparable) {
      const error = await bothAnd("stock", text).catch((it: unknown) => it);
      expect(error, text).toBeInstanceOf(UnsupportedError);
      expect(error).toMatchObject({ database: "stock", sqlState: "0A000" });
      expect(await counts()).toEqual([0, 0]);
    }
    expect(await databases.inDoubt()).toEqual([]);
    await bothAnd("stock", "select 1");
    expect(await counts()).toEqual([1, 1]);
  });

  it("is no matter in the decider, nor where only one has written", async () => {
    await bothAnd("orders", "notify somebody");
    expect(await counts()).toEqual([1, 1]);
    await databases.transaction(["orders", "stock"], async ({ stock }) => {
      await stock.execute(insert(2));
      await stock.execute("notify somebody");
    });
    expect(await counts()).toEqual([1, 2]);
  });
});

describe("limits of time on the server", () => {
  const isOld = async (): Promise<boolean> => {
    const version = await databases.database("orders").queryScalar("show server_version_num");
    return Number(version) < 170_000;
  };
  const unlimited = "transaction_timeout came with PostgreSQL 17";

  it("that count while a transaction stands idle end it, and everything with it", async () => {
    for (const label of ["orders", "stock"] as const) {
      const manager = open({ [label]: { options: "-c idle_in_transaction_session_timeout=50" } });
      const failing = manager.transaction(["orders", "stock"], async (transactions) => {
        for (const it of ["orders", "stock"] as const) await transactions[it].execute(insert(1));
        await untilGone(label);
      });
      await expect(failing).rejects.toMatchObject({ database: label });
      await expect(failing).rejects.not.toBeInstanceOf(CommitOutcomeUnknownError);
      expect(await counts()).toEqual([0, 0]);
    }
    expect(await databases.inDoubt()).toEqual([]);
  });

  it("do not end what is prepared, however long it waits for its decision", async ({ skip }) => {
    if (await isOld()) skip(unlimited);
    const manager = open({
      stock: { options: "-c transaction_timeout=300 -c idle_in_transaction_session_timeout=300" },
    });
    // The decider's INSERT waits for this one, which has the table.
    await manager.transaction(["orders", "stock"], async () => undefined);
    const blocker = await clientOf(names.orders);
    await blocker.query("begin; lock table mdb_decisions in access exclusive mode");
    const running = bothAnd("orders", "select 1", manager);
    running.catch(() => undefined);
    const watcher = await clientOf(names.stock);
    const overdue =
      "select 1 from pg_prepared_xacts where database = current_database() and prepared < clock_timestamp() - interval '700 ms'";
    while ((await watcher.query(overdue)).rowCount === 0);
    await blocker.query("rollback");
    await running;
    await Promise.all([watcher.end(), blocker.end()]);
    expect(await counts()).toEqual([1, 1]);
  });

  it("are set for a coordinator that stands still, unless the session has its own", async ({ skip }) => {
    if (await isOld()) skip(unlimited);
    const ask = "select current_setting('transaction_timeout')";
    const limits = (manager: typeof databases) =>
      manager.transaction(
        ["orders", "stock"],
        async ({ orders, stock }) => {
          // What limits one statement says nothing of the transaction that begins with it.
          return [
            await orders.queryScalar(ask, undefined, { timeoutMs: 5_000 }),
            await stock.queryScalar(ask, undefined, { timeoutMs: 5_000 }),
          ].map(String);
        },
        { timeoutMs: 20_000 },
      );
    for (const limit of await limits(databases)) expect(limit).toMatch(/^3[45]\d{0,3}(ms|s)$|^3[0-4]\d{3}ms$/);
    expect((await limits(open({ stock: { options: "-c transaction_timeout=7s" } })))[1]).toBe("7s");
    expect(await databases.database("stock").queryScalar(ask)).toBe("0");
  });
});

/** Waits until the server has ended the session that stood idle in its transaction. */
async function untilGone(label: Label): Promise<void> {
  const client = await clientOf(names[label]);
  const idle =
    "select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state = 'idle in transaction'";
  while ((await client.query(idle)).rowCount !== 0);
  await client.end();
}

describe("a user who may not keep decisions", () => {
  const role = uniqueName("r");
  beforeAll(() => asAdmin(`create role ${role} login password 'x'`));
  afterAll(async () => {
    for (const label of ["orders", "stock"] as const) {
      const client = await clientOf(names[label]);
      await client.query(`drop owned by ${role}`);
      await client.end();
    }
    await asAdmin(`drop role ${role}`);
  });

  it("is told so before anything is sent to the others, with the grants that are missing", async () => {
    const admin = databases.database("orders");
    const steps = [
      `grant insert, select on t to ${role}`,
      `grant select on mdb_store to ${role}`,
      `grant insert on mdb_decisions to ${role}`,
    ];
    for (const step of steps) {
      await admin.execute(step);
      const manager = open({ orders: { user: role, password: "x" } });
      let hasRun = false;
      const failing = manager.transaction(["orders", "stock"], async () => {
        hasRun = true;
      });
      await expect(failing).rejects.toThrow(PermissionError);
      await expect(failing).rejects.toThrow(
        /grant select on mdb_store, and select, insert and delete on mdb_decisions/,
      );
      expect([hasRun, manager.stats().stock?.total], step).toEqual([false, 0]);
    }
    await admin.execute(`grant select on mdb_decisions to ${role}`);
    await bothAnd("orders", "select 1", open({ orders: { user: role, password: "x" } }));
    expect(await counts()).toEqual([1, 1]);
  });

  it("finds a database that takes no writes out before anything is sent", async () => {
    const manager = open({ orders: { options: "-c default_transaction_read_only=on" } });
    const failing = manager.transaction(["orders", "stock"], async () => undefined);
    await expect(failing).rejects.toThrow(ReadOnlyError);
    expect(manager.stats().stock?.total).toBe(0);
  });

  it("cannot finish what another one has prepared: it is left, with the reason", async () => {
    await databases.database("stock").execute(`grant select, insert on t to ${role}`);
    const identifier = await plant(names.stock, store, insert(1));
    const manager = open({ stock: { user: role, password: "x" } });
    const { branches } = await manager.recover();
    expect(branches).toMatchObject([
      { label: "stock", found: { identifier }, decision: "rolled back", result: "left" },
    ]);
    expect(branches[0]?.error).toBeInstanceOf(PermissionError);
    expect((await databases.recover()).branches).toMatchObject([{ result: "done" }]);
  });
});

describe("a branch of others", () => {
  it("is listed as foreign and never touched: another application's, and one whose store nobody here has", async () => {
    const theirs = uniqueName("app");
    const client = await clientOf(names.stock);
    for (const [gid, id] of [
      [theirs, 1],
      [`mdb1:${"z".repeat(11)}:${"y".repeat(22)}:1`, 2],
    ] as const) {
      await client.query("begin");
      await client.query(insert(id));
      await client.query(`prepare transaction '${gid}'`);
    }
    const doubts = await databases.inDoubt();
    expect(doubts.map(({ label, decision }) => `${label} ${decision}`)).toEqual(["stock foreign", "stock foreign"]);
    expect(doubts.find(({ identifier }) => identifier === theirs)?.id).toBeUndefined();
    const { branches, unreachable } = await databases.recover();
    expect(branches.map(({ decision, result }) => `${decision} ${result}`)).toEqual(["foreign left", "foreign left"]);
    expect(unreachable).toEqual([]);
    expect(await databases.inDoubt()).toHaveLength(2);
    await client.end();
    const id = doubts.find((it) => it.id !== undefined)?.id ?? "";
    await expect(databases.resolve(id, "rollback", { force: true })).rejects.toThrow(/no database here keeps/);
    await expect(databases.outcome(id)).rejects.toThrow(/no database here keeps/);
  });
});

describe("a participant that was restored from a backup", () => {
  it("shows a branch of long ago, which is ended as it was decided", async () => {
    for (const outcome of ["C", "R"] as const) {
      const identifier = await plant(names.stock, store, insert(outcome === "C" ? 1 : 2));
      const transaction = identifier.split(":")[2];
      await databases
        .database("orders")
        .execute(
          "insert into mdb_decisions (id, outcome, branches, decided_at) values ($1, $2, $3, now() - interval '6 days')",
          [transaction, outcome, '[{"label":"stock"}]'],
        );
      const decision = outcome === "C" ? "committed" : "rolled back";
      expect(await databases.inDoubt()).toMatchObject([{ label: "stock", identifier, decision, branches: ["stock"] }]);
      expect((await databases.recover()).branches).toMatchObject([{ decision, result: "done" }]);
    }
    expect(await counts()).toEqual([0, 1]);
  });

  it("whose decision was forgotten is rolled back", async () => {
    await plant(names.stock, store, insert(1));
    expect(await databases.inDoubt()).toMatchObject([{ decision: "undecided" }]);
    expect((await databases.recover()).branches).toMatchObject([{ decision: "rolled back", result: "done" }]);
    expect(await counts()).toEqual([0, 0]);
  });
});

describe("a server without room for prepared transactions", () => {
  let small: RunningPostgres;
  beforeAll(async () => {
    small = await startPostgres(["max_prepared_transactions=0"]);
  });
  afterAll(() => small.stop());

  it("refuses the first statement in a branch by the setting's name, and decides as ever", async () => {
    const manager = new DatabaseManager({
      orders: postgres(serverOptions({ database: names.orders })),
      stock: postgres(postgresDriver.parseUrl(small.url)),
    });
    onTestFinished(() => manager.close({ timeoutMs: 0 }));
    const stock = manager.database("stock");
    await stock.execute("create table t (id integer)");
    await manager.prepareStore("stock");
    for (let round = 0; round < 2; round++) {
      let reached = "nothing";
      const failing = manager.transaction(["orders", "stock"], async (transactions) => {
        await transactions.orders.execute(insert(1));
        reached = "orders";
        await transactions.stock.execute(insert(1));
        reached = "stock";
      });
      await expect(failing).rejects.toThrow(UnsupportedError);
      await expect(failing).rejects.toThrow(/max_prepared_transactions/);
      expect(reached).toBe("orders");
      expect(await counts()).toEqual([0, 0]);
    }
    await manager.transaction(
      ["orders", "stock"],
      async (transactions) => {
        await transactions.orders.execute(insert(1));
        await transactions.stock.execute(insert(1));
      },
      { decider: "stock" },
    );
    expect([await counts(), Number(await stock.queryScalar("select count(*) from t"))]).toEqual([[1, 0], 1]);
    expect(server.url).not.toBe(small.url);
  });
});
