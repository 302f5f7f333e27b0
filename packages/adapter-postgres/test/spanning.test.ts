import { subscribe, unsubscribe } from "node:diagnostics_channel";
import {
  DatabaseManager,
  type DriverConnection,
  defineDatabase,
  HeuristicOutcomeError,
  type InDoubtEvent,
  UniqueViolationError,
} from "@nsj/mdb-core";
import pg from "pg";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { postgres, postgresDriver } from "../src/index.ts";
import { server, serverOptions } from "./support/server.ts";
import { spannedDatabases } from "./support/spanned-databases.ts";
import { type WireProxy, wireProxy } from "./support/wire-proxy.ts";

const { names } = spannedDatabases("orders", "stock");

function open() {
  return new DatabaseManager({
    orders: postgres(serverOptions({ database: names.orders })),
    stock: postgres(serverOptions({ database: names.stock })),
  });
}

let databases: ReturnType<typeof open>;
beforeAll(async () => {
  const setup = open();
  for (const label of ["orders", "stock"] as const) {
    await setup.database(label).execute("create table t (id integer unique deferrable initially deferred)");
    await setup.prepareStore(label);
  }
  await setup.close();
});
beforeEach(async () => {
  databases = open();
  for (const label of ["orders", "stock"] as const)
    await databases.database(label).execute("truncate t, mdb_decisions");
});
afterEach(() => databases.close());

const insert = (id: number) => `insert into t values (${id})`;

async function counts(): Promise<readonly number[]> {
  const found: number[] = [];
  for (const label of ["orders", "stock"] as const) {
    for (const table of ["t", "mdb_decisions"]) {
      found.push(Number(await databases.database(label).queryScalar(`select count(*) from ${table}`)));
    }
  }
  return found;
}

describe("two PostgreSQL databases", () => {
  it("commit together by a decision in the first", async () => {
    await databases.transaction(["orders", "stock"], async ({ orders, stock }) => {
      await orders.execute(insert(1));
      await stock.execute(insert(1));
    });
    expect(await counts()).toEqual([1, 1, 1, 0]);
  });

  it("need no decision where one of them has only read, whichever it is", async () => {
    await databases.transaction(["orders", "stock"], async ({ orders, stock }) => {
      await orders.query("select id from t");
      await stock.execute(insert(1));
      await stock.query("select id from t");
    });
    await databases.transaction(["orders", "stock"], async ({ orders, stock }) => {
      await orders.execute(insert(1));
      await stock.query("select id from t");
    });
    expect(await counts()).toEqual([1, 0, 1, 0]);
    // A word that might be a NOTIFY is no reason to lose anything: the branch is prepared, or asked, and ends.
    await databases.transaction(["orders", "stock"], async ({ orders, stock }) => {
      await orders.query("select 'notify' from t");
      await stock.query("select 'notify' from t");
    });
    expect(await databases.inDoubt()).toEqual([]);
  });

  it("are both rolled back where a deferred constraint of a branch, or of the decider, refuses", async () => {
    for (const twice of ["orders", "stock"] as const) {
      const failing = databases.transaction(["orders", "stock"], async (transactions) => {
        for (const label of ["orders", "stock"] as const) await transactions[label].execute(insert(1));
        await transactions[twice].execute(insert(1));
      });
      await expect(failing).rejects.toThrow(UniqueViolationError);
    }
    expect(await counts()).toEqual([0, 0, 0, 0]);
    expect(await databases.inDoubt()).toEqual([]);
  });

  it("tell of a branch that somebody has finished against the decision", async () => {
    const told = Promise.withResolvers<InDoubtEvent>();
    const listen = (event: unknown): void => told.resolve(event as InDoubtEvent);
    const manager = new DatabaseManager({
      orders: defineDatabase(beforeCommit(undoByHand), serverOptions({ database: names.orders })),
      stock: postgres(serverOptions({ database: names.stock })),
    });
    subscribe("mdb:in-doubt", listen);
    try {
      await manager.transaction(["orders", "stock"], async ({ orders, stock }) => {
        await orders.execute(insert(1));
        await stock.execute(insert(1));
      });
      const { label, decision, error } = await told.promise;
      expect([label, decision]).toEqual(["stock", "committed"]);
      expect(error).toBeInstanceOf(HeuristicOutcomeError);
      expect(error).toMatchObject({ decision: "committed", found: "rolled back", database: "stock" });
      expect(await manager.inDoubt()).toMatchObject([{ label: "stock", decision: "committed", error }]);
    } finally {
      unsubscribe("mdb:in-doubt", listen);
      await manager.close();
    }
  });
});

describe("what is sent", () => {
  it("is parsed once, and nothing else than the work, the votes, the decision and the end of the branch", async () => {
    const [orders, stock] = await Promise.all([wireProxy(server), wireProxy(server)]);
    const at = ({ host, port }: WireProxy, database: string) =>
      postgres(serverOptions({ host, port, database, sslmode: "disable" }));
    const manager = new DatabaseManager({ orders: at(orders, names.orders), stock: at(stock, names.stock) });
    const once = () =>
      manager.transaction(["orders", "stock"], async (transactions) => {
        for (const label of ["orders", "stock"] as const)
          await transactions[label].execute("insert into t values (:id)", { id: ++lastId });
      });
    let lastId = 0;
    try {
      for (let round = 0; round < 5; round++) await once();
      for (const { said } of [orders, stock]) said.length = 0;
      await once();
      // Recovery looks whenever it wants.
      const texts = ({ said }: WireProxy) =>
        said
          .map(({ type, body }) => ({ type, text: body.toString().split("\0")[type === "P" ? 1 : 0] ?? "" }))
          .filter(({ type, text }) => (type === "P" || type === "Q") && !text.includes("pg_prepared_xacts"))
          .map(({ text }) => text.replace(/ '.*/, ""));
      expect(texts(orders)).toEqual(["BEGIN", "COMMIT"]);
      expect(texts(stock)).toEqual(["BEGIN", "PREPARE TRANSACTION", "COMMIT PREPARED"]);
    } finally {
      await manager.close();
      await Promise.all([orders.close(), stock.close()]);
    }
  });
});

describe("a branch that could not be told the decision", () => {
  it("and that somebody has finished against it is told of once it is gone", async () => {
    const told = Promise.withResolvers<InDoubtEvent>();
    const listen = (event: unknown): void => {
      if ((event as InDoubtEvent).error !== undefined) told.resolve(event as InDoubtEvent);
    };
    const manager = new DatabaseManager(
      {
        orders: postgres(serverOptions({ database: names.orders })),
        stock: defineDatabase(neverFinishing(undoByHand), serverOptions({ database: names.stock })),
      },
      { recovery: { everyMs: 20 } },
    );
    subscribe("mdb:in-doubt", listen);
    try {
      await manager.transaction(["orders", "stock"], async ({ orders, stock }) => {
        await orders.execute(insert(1));
        await stock.execute(insert(1));
      });
      expect(await told.promise).toMatchObject({ label: "stock", decision: "committed" });
      expect(await manager.inDoubt()).toMatchObject([{ label: "stock", error: { found: "rolled back" } }]);
    } finally {
      unsubscribe("mdb:in-doubt", listen);
      await manager.close();
    }
  });
});

/** What an administrator should not do: he ends what is prepared as he likes. */
async function undoByHand(): Promise<void> {
  const { host, port, user, password } = server;
  const client = new pg.Client({ host, port, user, password, database: names.stock });
  await client.connect();
  const text = "select gid from pg_prepared_xacts where database = current_database()";
  const { rows } = await client.query<{ gid: string }>(text);
  for (const { gid } of rows) await client.query(`rollback prepared '${gid}'`);
  await client.end();
}

/** The driver, with something that happens before each commit that follows a prepared branch. */
function beforeCommit(work: () => Promise<void>): typeof postgresDriver {
  return changed((connection) => {
    const commit = connection.commit.bind(connection);
    connection.commit = async () => {
      await work();
      await commit();
    };
  });
}

/** The driver of a server that is busy whenever a branch is to be finished, with something that happens then. */
function neverFinishing(work: () => Promise<void>): typeof postgresDriver {
  return changed((connection) => {
    connection.finishPrepared = async () => {
      await work();
      return "busy" as const;
    };
  });
}

function changed(change: (connection: DriverConnection) => void): typeof postgresDriver {
  return {
    ...postgresDriver,
    connector(options, environment) {
      const connector = postgresDriver.connector(options, environment);
      return {
        ...connector,
        async connect(context) {
          const connection = await connector.connect(context);
          change(connection);
          return connection;
        },
      };
    },
  };
}
