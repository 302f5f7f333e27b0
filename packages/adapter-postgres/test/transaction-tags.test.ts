import { describe, expect, it } from "vitest";
import { connected, type FullConnection, failure, run, soon, uniqueName } from "./support/driving.ts";

/** What `txEnded` rises by, where a transaction with a savepoint is open. */
async function turnsOf(text: string): Promise<number> {
  const connection = await connected();
  connection.begin({});
  await connection.savepoint("a");
  const before = connection.txEnded;
  await run(connection, text).catch(() => undefined);
  return connection.txEnded - before;
}

async function streamed(connection: FullConnection, text: string): Promise<void> {
  const rows = connection.stream({ text, values: [] }, { ...soon(), fetchSize: 10 });
  while ((await rows.read()) !== null);
  await rows.close();
}

describe("txEnded", () => {
  it.each([
    ["commit", 1],
    ["end work", 1],
    ["rollback", 1],
    ["abort", 1],
    ["commit and chain", 1],
    ["rollback and chain", 1],
    ["/* why */ commit -- because", 1],
    ["begin", 1],
    ["commit; begin", 2],
    ["commit; select 1 / 0", 1],
    ["rollback to savepoint a; rollback", 2],
  ])("counts what a text does to the transaction: %s", async (text, turns) => {
    expect(await turnsOf(text)).toBe(turns);
  });

  it.each([
    "select 'commit; rollback'",
    "select 1; select 'rollback'",
    "savepoint b",
    "release savepoint a",
    "rollback to a",
    "rollback work to savepoint a",
    "ROLLBACK /* the work */ TRANSACTION TO SAVEPOINT a; select 1",
    "commit prepared 'there is none'",
  ])("does not count what leaves the transaction open: %s", async (text) => {
    expect(await turnsOf(text)).toBe(0);
  });

  it("counts a commit that the server answers with a rollback, because the transaction had failed", async () => {
    const connection = await connected();
    connection.begin({});
    await failure(() => run(connection, "select 1 / 0"));
    await run(connection, "commit");
    expect(connection.txStatus).toBe("idle");
    expect(connection.txEnded).toBe(1);
  });

  it("counts a commit that travels with a BEGIN which was held back", async () => {
    const connection = await connected();
    connection.begin({});
    await run(connection, "commit");
    expect(connection.txEnded).toBe(1);
  });

  it("counts texts that run as a stream, or with many parameter sets", async () => {
    const connection = await connected();
    connection.begin({});
    await streamed(connection, "commit and chain");
    expect(connection.txEnded).toBe(1);
    await connection.executeMany("commit and chain", [[]], soon());
    expect(connection.txEnded).toBe(2);
    expect(connection.txStatus).toBe("active");
  });

  it("does not count what the connection's own members do", async () => {
    const connection = await connected({ preparedStatements: false, schema: "public" });
    connection.begin({});
    await connection.savepoint("a");
    await connection.rollbackTo("a");
    await connection.releaseSavepoint("a");
    await connection.commit();
    await run(connection, "select 1; select 2");
    connection.begin({});
    await run(connection, "select 1");
    await connection.rollback();
    connection.begin({});
    await run(connection, `create temporary table ${uniqueName()} (id integer)`);
    await connection.reset({ scope: "session" }, soon());
    expect(connection.txEnded).toBe(0);
  });
});
