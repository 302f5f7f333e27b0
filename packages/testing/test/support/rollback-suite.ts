import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type DatabaseDefinition,
  DatabaseManager,
  type Executor,
  TransactionStateError,
  UnsupportedError,
} from "@nsj/mdb-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { beginRollback } from "../../src/index.ts";

type Entries = { readonly orders: DatabaseDefinition; readonly audit: DatabaseDefinition };

/** What `rollbackEach` promises, on one engine. */
export function rollbackSuite(engine: string, definition: () => Entries): void {
  describe(engine, () => {
    const table = `items_${randomBytes(4).toString("hex")}`;
    let databases: DatabaseManager<Entries>;
    beforeAll(async () => {
      databases = new DatabaseManager(definition());
      for (const label of ["orders", "audit"] as const) {
        await databases.database(label).execute(`create table ${table} (id integer primary key)`);
      }
    });
    afterAll(async () => {
      for (const label of ["orders", "audit"] as const) await databases.database(label).execute(`drop table ${table}`);
      await databases.close();
    });
    beforeEach(() => {
      onTestFinished(async () => {
        // Whatever a case has done, nothing of it is left, and no connection is in use.
        expect(await ids("orders")).toEqual([]);
        expect(await ids("audit")).toEqual([]);
        await expect.poll(() => databases.stats()["orders"]?.busy).toBe(0);
      });
    });
    const ids = (label: "orders" | "audit" = "orders"): Promise<unknown[]> =>
      databases
        .database(label)
        .query<{ id: number }>(`select id from ${table} order by id`)
        .then((rows) => rows.map((it) => it.id));
    const insert = (id: number, on: Executor = databases.database("orders")) =>
      on.execute(`insert into ${table} (id) values (:id)`, { id });
    const rolledBack = async (work: () => Promise<void>): Promise<void> => {
      const test = beginRollback(databases, ["orders", "audit"]);
      try {
        await work();
      } finally {
        await test.rollback();
      }
    };

    it("undoes what committed by itself, by a callback, a session and a held transaction", () =>
      rolledBack(async () => {
        await insert(1);
        await databases.transaction("orders", (tx) => insert(2, tx));
        await databases.withSession("orders", async (session) => {
          await insert(3, session);
          await session.commit();
          await insert(4, session);
        });
        const held = await databases.begin("orders");
        await insert(5, held);
        await held.commit();
        expect(await ids()).toEqual([1, 2, 3, 5]);
      }));

    it("lets an expected failure end its own savepoint, and not the test", () =>
      rolledBack(async () => {
        await insert(1);
        await expect(insert(1)).rejects.toThrow();
        await expect(
          databases.transaction("orders", async (tx) => {
            await insert(2, tx);
            await insert(1, tx);
          }),
        ).rejects.toThrow();
        await insert(3);
        expect(await ids()).toEqual([1, 3]);
      }));

    it("keeps savepoints inside of transactions apart", () =>
      rolledBack(async () => {
        await databases.transaction("orders", async (tx) => {
          await tx.savepoint((inner) => insert(1, inner));
          await expect(
            tx.savepoint(async (inner) => {
              await insert(2, inner);
              throw new Error("no");
            }),
          ).rejects.toThrow("no");
          await databases.transaction(
            "orders",
            async (own) => {
              await own.savepoint((inner) => insert(3, inner));
            },
            { propagation: "requires_new" },
          );
        });
        expect(await ids()).toEqual([1, 3]);
      }));

    it("has requires_new go with what is around it", () =>
      rolledBack(async () => {
        await expect(
          databases.transaction("orders", async (tx) => {
            await insert(2, tx);
            await databases.transaction("orders", (own) => insert(1, own), { propagation: "requires_new" });
            throw new Error("no");
          }),
        ).rejects.toThrow("no");
        expect(await ids()).toEqual([]);
      }));

    it("runs hooks as they would run", () =>
      rolledBack(async () => {
        const ran: string[] = [];
        await databases.transaction("orders", async (tx) => {
          tx.onCommit(() => ran.push("committed"));
          await insert(1, tx);
        });
        await databases
          .transaction("orders", async (tx) => {
            tx.onRollback(() => ran.push("rolled back"));
            throw new Error("no");
          })
          .catch(() => {});
        expect(ran).toEqual(["committed", "rolled back"]);
      }));

    it("undoes what a server has done behind a socket", () =>
      rolledBack(async () => {
        const server = createServer(async (request, response) => {
          await databases.withSession("orders", async (session) => {
            await insert(Number(request.url?.slice(1)), session);
            await session.commit();
          });
          await databases
            .transaction(["orders", "audit"], ({ audit }) => insert(7, audit))
            .then(
              () => response.end("done"),
              (error: unknown) => response.end(String(error)),
            );
        });
        await once(server.listen(0, "127.0.0.1"), "listening");
        try {
          const { port } = server.address() as AddressInfo;
          const answer = await fetch(`http://127.0.0.1:${port}/8`);
          expect(await answer.text()).toBe("done");
        } finally {
          server.closeAllConnections();
          server.close();
        }
        expect(await ids()).toEqual([8]);
        expect(await ids("audit")).toEqual([7]);
      }));

    it("has a transaction over both labels be a savepoint of each", () =>
      rolledBack(async () => {
        await databases.transaction(["orders", "audit"], async ({ orders, audit }) => {
          await insert(1, orders);
          await insert(1, audit);
        });
        await expect(
          databases.transaction(["orders", "audit"], async ({ orders, audit }) => {
            await insert(2, orders);
            await insert(2, audit);
            throw new Error("no");
          }),
        ).rejects.toThrow("no");
        expect([await ids(), await ids("audit")]).toEqual([[1], [1]]);
      }));

    it("runs units of one label one after another", () =>
      rolledBack(async () => {
        await Promise.all([1, 2, 3, 4].map((id) => databases.transaction("orders", (tx) => insert(id, tx))));
        await Promise.all([5, 6].map((id) => insert(id)));
        expect(await ids()).toEqual([1, 2, 3, 4, 5, 6]);
      }));

    it("refuses who would wait for ever for a unit that stands still", () =>
      rolledBack(async () => {
        const held = await databases.begin("orders");
        await insert(1, held);
        await expect(insert(2)).rejects.toThrow(TransactionStateError);
        await expect(
          databases.database("orders").execute(`insert into ${table} (id) values (3)`, {}, { timeoutMs: 20 }),
        ).rejects.toThrow();
        await held.rollback();
        await insert(4);
        expect(await ids()).toEqual([4]);
      }));

    it("reads a stream while its loop writes", () =>
      rolledBack(async () => {
        await databases.database("orders").executeMany(
          `insert into ${table} (id) values (:id)`,
          [1, 2, 3].map((id) => ({ id })),
        );
        for await (const { id } of databases
          .database("orders")
          .stream<{ id: number }>(`select id from ${table} order by id`)) {
          await insert(id + 10);
        }
        await databases.database("orders").bulkInsert(table, ["id"], [[20], [21]]);
        expect(await ids()).toEqual([1, 2, 3, 11, 12, 13, 20, 21]);
      }));

    it("refuses what it cannot undo or give, by name", () =>
      rolledBack(async () => {
        const orders = databases.database("orders");
        await expect(orders.withConnection(async () => {})).rejects.toThrow("withConnection");
        const texts = ["commit", "/* here */ begin", "begin;", "end", "end transaction;", "rollback ;", "abort"];
        for (const text of [...texts, "start transaction", "set autocommit = 1", "select 1; commit"])
          await expect(orders.execute(text), text).rejects.toThrow(UnsupportedError);
        const level = orders.capabilities.isolation.at(0);
        if (level === undefined) return;
        await expect(databases.transaction("orders", (tx) => insert(1, tx), { isolation: level })).rejects.toThrow(
          '"isolation"',
        );
        expect(await ids()).toEqual([]);
      }));

    it("refuses DDL where the engine commits it, and undoes it elsewhere", async () => {
      const orders = databases.database("orders");
      const create = `create table ${table}_more (id integer)`;
      await rolledBack(async () => {
        if (orders.dialect.transactionalDdl) await orders.execute(create);
        else {
          for (const text of [create, `truncate table ${table}`, "flush tables", "set password = 'x'"])
            await expect(orders.execute(text), text).rejects.toThrow("commits before and after DDL");
        }
      });
      await expect(orders.query(`select id from ${table}_more`)).rejects.toMatchObject({
        code: "MDB_UNDEFINED_OBJECT",
      });
    });

    it("leaves out what it is told to leave out", async () => {
      const test = beginRollback(databases, ["orders"], { ignore: ["isolation", "readOnly"] });
      const [isolation] = databases.database("orders").capabilities.isolation;
      await databases.transaction("orders", (tx) => insert(1, tx), { isolation });
      expect(await ids()).toEqual([1]);
      await test.rollback();
    });

    it("ends a test with everything in it still open", async () => {
      const test = beginRollback(databases, ["orders"]);
      const held = await databases.begin("orders");
      await insert(1, held);
      const late = insert(2);
      late.catch(() => {});
      await test.rollback();
      await expect(late).rejects.toThrow("the test has ended");
      await expect(insert(3, held)).rejects.toThrow();
      await held[Symbol.asyncDispose]();
    });

    it("refuses a second test beside the first", async () => {
      await using _first = beginRollback(databases, ["orders"]);
      expect(() => beginRollback(databases, ["audit", "orders"])).toThrow("another test");
      await insert(1);
    });
  });
}
