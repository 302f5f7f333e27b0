import { setImmediate as nextTurn } from "node:timers/promises";
import { ConnectionLostError, type Database, DatabaseManager, defineDatabase, type Executor } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { asAdmin, driver, series, serverOptions, withServer } from "./support/server.ts";

/** More than the buffers of both sides hold. */
const rows = 100_000;
const wide = `select seq, repeat('x', 2000) as filler from ${series(rows)} numbers`;

async function using(work: (database: Database) => Promise<void>): Promise<void> {
  const databases = new DatabaseManager({ db: defineDatabase(driver, { ...serverOptions(), pool: { max: 1 } }) });
  try {
    await work(databases.database("db"));
  } finally {
    await databases.close();
  }
}

const sessionOf = async (executor: Executor): Promise<number> =>
  Number(await executor.queryScalar("select connection_id()"));

/** Resolves once the server has ended a session by itself. */
async function gone(id: number): Promise<void> {
  for (;;) {
    const listed = await asAdmin(`select id from information_schema.processlist where id = ${id}`);
    if ((listed as unknown[]).length === 0) return;
    await nextTurn();
  }
}

withServer(() => {
  describe("a stream whose reader takes longer than net_write_timeout", () => {
    it("fails with its connection, behind the rows that had arrived, and the next borrower gets another one", () =>
      using(async (database) => {
        let session = 0;
        let read = 0;
        const reading = database.transaction(async (tx) => {
          await tx.execute("set session net_write_timeout = 1");
          session = await sessionOf(tx);
          for await (const _ of tx.stream(wide, undefined, { fetchSize: 10 })) {
            read++;
            if (read === 1) await gone(session);
          }
        });
        await expect(reading).rejects.toBeInstanceOf(ConnectionLostError);
        expect(read).toBeGreaterThan(10);
        expect(read).toBeLessThan(rows);
        expect(await sessionOf(database)).not.toBe(session);
      }));

    it("can be left behind that, and neither its transaction nor the next borrower goes on with its connection", () =>
      using(async (database) => {
        let session = 0;
        let isLeft = false;
        const reading = database.transaction(async (tx) => {
          await tx.execute("set session net_write_timeout = 1");
          session = await sessionOf(tx);
          for await (const _ of tx.stream(wide, undefined, { fetchSize: 10 })) {
            await gone(session);
            break;
          }
          isLeft = true;
          await tx.queryScalar("select 1");
        });
        await expect(reading).rejects.toBeInstanceOf(ConnectionLostError);
        expect(isLeft).toBe(true);
        expect(await sessionOf(database)).not.toBe(session);
      }));
  });
});
