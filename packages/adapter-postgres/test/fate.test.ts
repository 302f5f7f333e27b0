import type { DriverConnection } from "@nsj/mdb-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connected, failure, run, soon, uniqueName, value } from "./support/driving.ts";
import { asAdmin, server } from "./support/server.ts";
import { strings, type WireProxy, wireProxy } from "./support/wire-proxy.ts";

let table: string;
let proxy: WireProxy | undefined;
beforeEach(async () => {
  table = uniqueName();
  await asAdmin(`create table ${table} (a int)`);
});
afterEach(async () => {
  await asAdmin(`drop table ${table}`);
  await proxy?.close();
  proxy = undefined;
});

function numberOf({ transactionNumber }: DriverConnection): string {
  if (typeof transactionNumber !== "string") throw new Error(`no number, but ${transactionNumber}`);
  return transactionNumber;
}

describe("the number of a traceable transaction", () => {
  it("is learnt with the first write, in the flights of the statements, and asked for no more after that", async () => {
    proxy = await wireProxy(server);
    const { host, port } = proxy;
    const connection = await connected({ host, port, sslmode: "disable" });
    proxy.said.length = 0;
    connection.begin({ traceable: true });
    expect(connection.transactionNumber).toBeUndefined();
    await run(connection, "select 1");
    expect(connection.transactionNumber).toBeNull();
    await run(connection, `insert into ${table} values (1)`);
    const number = numberOf(connection);
    expect(number).toContain(`:${await value(connection, "select txid_current()")}`);
    await connection.commit();
    expect(connection.transactionNumber).toBe(number);
    const { said } = proxy;
    const second = (type: string) => said.filter((it) => it.type === type).map((it) => strings(it)[1]);
    // Parsed once, and run behind the first two of the three.
    expect(second("P").filter((text) => text?.includes("txid_current_if_assigned"))).toHaveLength(1);
    expect(second("B").filter((name) => name?.includes("_own_"))).toHaveLength(2);
    // One for the timeline, which is asked for once, and one for each statement.
    expect(proxy.said.filter(({ type }) => type === "S" || type === "Q")).toHaveLength(5);
  });

  it("is asked for ahead of COMMIT where nothing that ran could ask", async () => {
    for (const write of [
      (it: Awaited<ReturnType<typeof connected>>) => run(it, `insert into ${table} values (1); select 1`),
      (it: Awaited<ReturnType<typeof connected>>) =>
        it.executeMany(`insert into ${table} values ($1)`, [[1], [2]], soon()),
    ]) {
      const connection = await connected();
      connection.begin({ traceable: true });
      await run(connection, "select 1");
      await write(connection);
      expect(connection.transactionNumber).toBeUndefined();
      await connection.commit();
      expect(await connection.fateOf(numberOf(connection), soon())).toBe("committed");
    }
  });

  it("that could not be learnt any more says that COMMIT was not sent", async () => {
    proxy = await wireProxy(server);
    const { host, port } = proxy;
    const connection = await connected({ host, port, sslmode: "disable" });
    connection.begin({ traceable: true });
    await connection.executeMany(`insert into ${table} values ($1)`, [[1], [2]], soon());
    const held = proxy.hold("C");
    const committed = failure(async () => connection.commit());
    await held;
    connection.destroy();
    expect((await committed).info).toMatchObject({ kind: "lost", executed: "no" });
  });

  it("is not known of a transaction that need not be traced, and forgotten at the next one", async () => {
    const connection = await connected();
    connection.begin({ traceable: true });
    await run(connection, `insert into ${table} values (1)`);
    await connection.commit();
    connection.begin({});
    await run(connection, `insert into ${table} values (1)`);
    expect(connection.transactionNumber).toBeUndefined();
    await connection.rollback();
  });
});

describe("the fate of a transaction", () => {
  it("is told by another connection: pending, then committed or rolled back", async () => {
    for (const end of ["commit", "rollback"] as const) {
      const [one, other] = [await connected(), await connected()];
      one.begin({ traceable: true });
      await run(one, `insert into ${table} values (1)`);
      const number = numberOf(one);
      expect(await other.fateOf(number, soon())).toBe("pending");
      await one[end]();
      expect(await other.fateOf(number, soon())).toBe(end === "commit" ? "committed" : "rolled back");
    }
  });

  it("is committed where the answer to COMMIT was lost on the way", async () => {
    proxy = await wireProxy(server);
    const { host, port } = proxy;
    const connection = await connected({ host, port, sslmode: "disable" });
    connection.begin({ traceable: true });
    await run(connection, `insert into ${table} values (1)`);
    const held = proxy.hold("C");
    const committed = failure(() => connection.commit());
    await held;
    connection.destroy();
    expect((await committed).info).toMatchObject({ kind: "lost", executed: "maybe" });
    expect(await (await connected()).fateOf(numberOf(connection), soon())).toBe("committed");
  });

  it("is unknown of another server's history, of the future and of nonsense, and the connection is as it was", async () => {
    const connection = await connected();
    connection.begin({ traceable: true });
    await run(connection, `insert into ${table} values (1)`);
    await connection.commit();
    const [timeline, number] = numberOf(connection).split(":");
    for (const other of [`00000099:${number}`, `${timeline}:99999999999`, "", "x", `${timeline}:1; select 1`]) {
      expect(await connection.fateOf(other, soon())).toBe("unknown");
    }
    expect(connection.txStatus).toBe("idle");
  });
});
