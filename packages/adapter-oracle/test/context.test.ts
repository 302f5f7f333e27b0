import { type DriverConnection, type SessionContext, unlimited } from "@nsj/mdb-core";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ownServer } from "./support/server.ts";
import { connected, failureOf, rows, run } from "./support/statements.ts";

// What goes over the wire: by records and scripts, and so on our own server only.
const server = ownServer();
const adams: SessionContext = Object.freeze({ schema: "adams", clientId: "acme" });
const nobodys: SessionContext = Object.freeze({ schema: "NOBODYS" });
const mine = "select name from who";
const inside = (schema: string, text = mine) => `${text}\n/* in ${schema} */`;

let connection: DriverConnection;
let calls: string[];

beforeAll(async () => {
  for (const [user, password] of [
    ["scott", "tiger#7-secret"],
    ["adams", "other"],
    ["nobodys", "third"],
  ] as const) {
    const own = await connected(server, { user, password });
    await run(own, "create table who (name varchar2(20))");
    await run(own, `insert into who values ('${user}')`);
    await own.close(unlimited);
  }
});
beforeEach(async () => {
  connection = await connected(server);
  calls = server.own.record() as string[];
});
afterEach(() => {
  connection.destroy();
  expect(server.own.script.unused).toEqual([]);
  server.own.script.clear();
});

const name = async (text = mine) => (await rows(connection, text))[0]?.[0];
const clientId = () => name("select sys_context('userenv', 'client_identifier') from dual");
const statements = () => calls.filter((text) => !text.startsWith("SET "));

describe("a context", () => {
  it("goes in the packet of the next call, and costs none", async () => {
    connection.setContext?.(adams);
    expect(calls).toEqual([]);
    expect(await name()).toBe("adams");
    expect(calls).toEqual(["SET SCHEMA ADAMS", "SET CLIENT IDENTIFIER acme", inside("ADAMS")]);
    expect(await clientId()).toBe("acme");
    expect(statements()).toHaveLength(2);
  });

  it("is put back to the session's own, and nothing is sent where there was none", async () => {
    expect(await name()).toBe("scott");
    expect(calls).toEqual([mine]);
    connection.setContext?.(adams);
    await name();
    connection.setContext?.(undefined);
    expect(connection.dirty).toBe(false);
    calls.length = 0;
    expect(await name()).toBe("scott");
    expect(calls).toEqual(["SET SCHEMA SCOTT", "SET CLIENT IDENTIFIER ", mine]);
    expect(await clientId()).toBeNull();
  });

  it("with a client id alone leaves the schema to the session, and takes the last one's id away", async () => {
    connection.setContext?.(adams);
    await name();
    connection.setContext?.({ clientId: "bolt" });
    expect(await name()).toBe("scott");
    expect(await clientId()).toBe("bolt");
    connection.setContext?.(nobodys);
    expect(await name()).toBe("nobodys");
    expect(await clientId()).toBeNull();
  });

  it("finds no cursor of another schema, though the texts are the same and cursors are kept", async () => {
    const found: unknown[] = [];
    for (const context of [adams, nobodys, undefined, adams, undefined, nobodys]) {
      connection.setContext?.(context);
      found.push(await name(), await name());
    }
    const expected = ["adams", "nobodys", "scott", "adams", "scott", "nobodys"];
    expect(found).toEqual(expected.flatMap((it) => [it, it]));
  });

  it("holds for a transaction, a savepoint, many sets, a bulk load, a procedure and a stream", async () => {
    connection.setContext?.(adams);
    await connection.begin({});
    await connection.savepoint?.("a1");
    await run(connection, "insert into who values ('second')");
    await connection.executeMany?.("insert into who values (:1)", [["third"], ["fourth"]], unlimited);
    await connection.bulkLoad?.({ table: ["WHO"], columns: ["NAME"] } as never, batches([["fifth"]]), unlimited);
    const stream = connection.stream?.(
      { text: "select count(*) from who", values: [] },
      { fetchSize: 1, ...unlimited },
    );
    expect(await stream?.read()).toEqual([[5n]]);
    await stream?.close();
    await connection.rollbackTo?.("a1");
    await connection.rollback();
    expect(await name("select count(*) from who")).toBe(1n);
    connection.setContext?.(undefined);
    expect(await name("select count(*) from who")).toBe(1n);
  });

  it("that the server refuses lets nothing run, is sent again with the next statement, and stands in no ROLLBACK's way", async () => {
    connection.setContext?.({ schema: "no_such_schema", clientId: "acme" });
    await connection.begin({});
    for (let round = 0; round < 2; round++) {
      await expect(run(connection, "insert into scott.who values ('thief')")).rejects.toMatchObject({ errorNum: 1435 });
    }
    expect(statements(), "no call was carried out").toEqual([]);
    await connection.rollback();
    connection.setContext?.(undefined);
    expect(await name("select count(*) from who")).toBe(1n);
    expect(await clientId()).toBeNull();
  });

  it("goes along again after a statement that failed or was cancelled", async () => {
    connection.setContext?.(adams);
    await failureOf(() => run(connection, "select * from nothing_there"));
    expect(await name()).toBe("adams");
    server.own.script.once(inside("ADAMS"), { kind: "hang" });
    const running = name();
    running.catch(() => {});
    const before = calls.length;
    while (calls.length === before) await new Promise((resolve) => setImmediate(resolve));
    await connection.cancel?.(unlimited);
    await expect(running).rejects.toMatchObject({ errorNum: 1013 });
    expect(await name()).toBe("adams");
    expect(await clientId()).toBe("acme");
    connection.setContext?.(undefined);
    expect(await name()).toBe("scott");
  });

  it("is not in the way of a reset, nor gone after one", async () => {
    connection.setContext?.({ schema: "no_such_schema" });
    await failureOf(() => run(connection, mine));
    await connection.reset?.({ scope: "session" }, unlimited);
    connection.setContext?.(adams);
    await connection.reset?.({ scope: "session" }, unlimited);
    expect(await name()).toBe("adams");
    expect(await clientId()).toBe("acme");
  });

  it.each([
    ["a schema whose name needs quotes", { schema: "Mixed Case" }],
    ["a comment's end", { schema: "x*/" }],
    ["a client id that would be cut", { clientId: "x".repeat(65) }],
  ])("is refused before anything is sent: %s", async (_what, context) => {
    connection.setContext?.(context);
    expect(await failureOf(() => run(connection, mine))).toMatchObject({ kind: "parameter", executed: "no" });
    expect(calls).toEqual([]);
  });

  it("with a schema does not hand out the driver's own connection, which keeps cursors by their texts alone", async () => {
    connection.setContext?.(adams);
    expect(await failureOf(async () => connection.raw?.())).toMatchObject({ kind: "unsupported" });
    connection.setContext?.({ clientId: "acme" });
    const own = connection.raw?.() as { execute(text: string): Promise<{ rows: unknown[][] }> };
    expect((await own.execute("select sys_context('userenv', 'client_identifier') from dual")).rows).toEqual([
      ["acme"],
    ]);
  });
});

async function* batches(...all: readonly (readonly unknown[])[][]) {
  for (const batch of all) yield batch as never;
}
