import {
  CommitOutcomeUnknownError,
  ConnectionLostError,
  DatabaseManager,
  DeadlockError,
  type Transaction,
  TransactionAbortedError,
  TransactionStateError,
} from "@nsj/mdb-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { mssql } from "../src/index.ts";
import { useServer } from "./support/server.ts";

// A user's transactions, while the server ends them, changes them or goes away: by script, and so on our own server only.
const server = useServer({ wireOnly: true });
const wire = () => {
  if (server.wire === undefined) throw new Error("the server is ours");
  return server.wire;
};

let databases: DatabaseManager<{ main: ReturnType<typeof mssql> }>;
const main = () => databases.database("main");
const saved = async () => (await main().query<{ id: number }>("select id from kept order by id")).map(({ id }) => id);

beforeAll(async () => {
  databases = new DatabaseManager({ main: mssql({ ...server.options(), pool: { max: 2 } }) });
  await main().execute("create table kept (id int primary key)");
});
beforeEach(() => main().execute("delete from kept"));
afterAll(() => databases.close());

const insert = (tx: Transaction, id: number) => tx.execute("insert into kept (id) values (:id)", { id });

describe("a deadlock victim that goes on", () => {
  const asVictim = (goOn: (tx: Transaction) => Promise<unknown>) =>
    databases.transaction("main", async (tx) => {
      await insert(tx, 1);
      wire().script.once("update kept set id = 9", { error: { number: 1205, severity: 13, rollback: true } });
      await expect(tx.execute("update kept set id = 9")).rejects.toThrow(DeadlockError);
      await goOn(tx);
    });

  it("rejects, also where it swallows the error", async () => {
    await expect(asVictim(async () => {})).rejects.toMatchObject({
      name: "TransactionAbortedError",
      cause: expect.any(DeadlockError),
    });
    expect(await saved()).toEqual([]);
  });

  it("can run no further statement, which would stand outside any transaction", async () => {
    await expect(
      asVictim(async (tx) => {
        await expect(insert(tx, 2)).rejects.toThrow(TransactionAbortedError);
        await expect(tx.query("select 1")).rejects.toThrow(TransactionAbortedError);
      }),
    ).rejects.toThrow(TransactionAbortedError);
    expect(await saved()).toEqual([]);
  });

  it("cannot save itself by a savepoint", async () => {
    await expect(
      databases.transaction("main", async (tx) => {
        await insert(tx, 1);
        wire().script.once("update kept set id = 9", { error: { number: 1205, severity: 13, rollback: true } });
        await tx.savepoint((inner) => inner.execute("update kept set id = 9")).catch(() => {});
        await insert(tx, 2).catch(() => {});
      }),
    ).rejects.toThrow();
    expect(await saved()).toEqual([]);
  });

  it("is run again as a whole where that is wanted", async () => {
    let runs = 0;
    wire().script.once("update kept set id = 9", { error: { number: 1205, severity: 13, rollback: true } });
    await databases.transaction(
      "main",
      async (tx) => {
        runs += 1;
        await insert(tx, 1);
        await tx.execute("update kept set id = 9");
      },
      { retry: { attempts: 2 } },
    );
    expect([runs, await saved()]).toEqual([2, [9]]);
  });
});

describe("a transaction whose text", () => {
  const running = (text: string, goOn: (tx: Transaction) => Promise<unknown> = async () => {}) =>
    databases.transaction("main", async (tx) => {
      await insert(tx, 1);
      await tx.execute(text);
      await goOn(tx);
    });

  it("rolls it back is refused before it is sent, and nothing is saved", async () => {
    await expect(running("rollback")).rejects.toThrow(TransactionStateError);
    await expect(running("rollback", (tx) => insert(tx, 2))).rejects.toThrow(TransactionStateError);
    expect(await saved()).toEqual([]);
  });

  it("rolls it back and begins another one is refused as well", async () => {
    await expect(running("rollback; begin transaction")).rejects.toThrow(TransactionStateError);
    await expect(running("rollback; begin transaction", (tx) => insert(tx, 2))).rejects.toThrow(TransactionStateError);
    expect(await saved()).toEqual([]);
  });

  it("begins one inside it saves nothing, and says so", async () => {
    await expect(running("begin transaction")).rejects.toThrow(TransactionStateError);
    expect(await saved()).toEqual([]);
  });

  it("makes errors end it, by XACT_ABORT, is lost with the first one", async () => {
    await expect(
      running("set xact_abort on", async (tx) => {
        await insert(tx, 1).catch(() => {});
        await insert(tx, 2).catch(() => {});
      }),
    ).rejects.toThrow();
    expect(await saved()).toEqual([]);
  });
});

describe("a connection that is lost", () => {
  it("while idle costs nobody anything", async () => {
    await main().query("select 1 as one");
    wire().cutAll();
    await expect.poll(() => main().stats().total).toBe(0);
    expect(await main().query("select 1 as one")).toEqual([{ one: 1 }]);
  });

  it("in a statement is an error, and the pool goes on", async () => {
    wire().script.once("insert into kept (id) values (5)", { disconnect: "before" });
    await expect(main().execute("insert into kept (id) values (5)")).rejects.toThrow(ConnectionLostError);
    expect(await saved()).toEqual([]);
  });

  it("in a transaction takes it along, and the pool goes on", async () => {
    await expect(
      databases.transaction("main", async (tx) => {
        await insert(tx, 1);
        wire().cutAll();
        await insert(tx, 2);
      }),
    ).rejects.toThrow(ConnectionLostError);
    expect(await saved()).toEqual([]);
  });

  it.each([
    ["before", []],
    ["after", [1]],
  ] as const)("during the commit, %s the server did it, says that nobody knows", async (disconnect, found) => {
    const committing = databases.transaction("main", async (tx) => {
      await insert(tx, 1);
      wire().script.once("COMMIT TRANSACTION", { disconnect });
    });
    await expect(committing).rejects.toThrow(CommitOutcomeUnknownError);
    expect(await saved()).toEqual(found);
  });
});
