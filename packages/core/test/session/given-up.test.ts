import { type Database, DatabaseManager, defineDatabase } from "@nsj/mdb-core";
import { type FakeDriver, fakeDriver } from "@nsj/mdb-testkit";
import { describe, expect, it, onTestFinished, vi } from "vitest";

function open(): { readonly fake: FakeDriver; readonly database: Database } {
  const fake = fakeDriver();
  const manager = new DatabaseManager({ main: defineDatabase(fake.driver, { name: "given-up", pool: { max: 2 } }) });
  onTestFinished(async () => {
    await manager.close({ timeoutMs: 0 });
    fake.close();
  });
  return { fake, database: manager.database("main") };
}

/** Sessions that are disposed of while the server has not yet answered their BEGIN, on connections that nobody has used before. */
async function giveUpBeginning({ fake, database }: ReturnType<typeof open>, times: number): Promise<void> {
  fake.script({ on: "begin", times, action: { hang: true } });
  const sessions = await Promise.all(Array.from({ length: times }, () => database.getSession()));
  const statements = sessions.map((session) => session.query("select 1").catch((error: unknown) => error));
  await vi.waitFor(() => expect(database.stats()).toMatchObject({ busy: times, connecting: 0 }));
  await Promise.all(sessions.map((session) => session[Symbol.asyncDispose]()));
  for (const outcome of await Promise.all(statements)) expect(outcome).toBeInstanceOf(Error);
}

describe("a caller who gives up while his transaction begins", () => {
  it("says nothing about the database: it stays up, and nobody has to wait for it", async () => {
    const it = open();
    await giveUpBeginning(it, 2);
    const { health, destroyed } = it.database.stats();
    expect({ health, died: destroyed.died, released: destroyed.released }).toEqual({
      health: "ok",
      died: 0,
      released: 2,
    });
    expect(await it.database.queryScalar("select 1")).toBe(1);
    expect(it.database.stats()).toMatchObject({ busy: 0, waiting: 0 });
  });

  it("by an await that is missing is told so, whether BEGIN is on its way or a connection is waited for", async () => {
    const { fake, database } = open();
    fake.script({ on: "begin", times: 2, action: { hang: true } });
    const forgotten: Promise<unknown>[] = [];
    const forget = () =>
      database.transaction(async (tx) => {
        forgotten.push(tx.query("select 1").catch((error: unknown) => error));
        await Promise.resolve();
      });
    const outcomes = await Promise.allSettled([forget(), forget(), forget()]);
    const pending = {
      code: "MDB_TRANSACTION_STATE",
      message:
        "main (fake): a statement was still pending when the callback returned, so it was rolled back; is an await missing?",
    };
    expect(outcomes).toMatchObject(Array.from({ length: 3 }, () => ({ status: "rejected", reason: pending })));
    // Nobody awaits these, so they are what brings a process down, and is printed then.
    expect(await Promise.all(forgotten)).toMatchObject([pending, pending, pending]);
  });
});
