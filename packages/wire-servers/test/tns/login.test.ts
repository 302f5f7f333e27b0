import oracledb from "oracledb";
import { describe, expect, inject, it } from "vitest";
import { TnsServer } from "../../src/index.ts";
import { failureOf, rowsOf, useServer } from "./support/client.ts";

const client = useServer();

describe("logging in", () => {
  it("with the right password gives a session of the user", async () => {
    const connection = await client.connect();
    expect(connection.thin).toBe(true);
    expect(connection.oracleServerVersionString).toBe("21.3.0.0.0");
    expect(await rowsOf(connection, "select user, sys_context('userenv', 'current_schema') from dual")).toEqual([
      ["SCOTT", "SCOTT"],
    ]);
  });

  it.each([
    ["a wrong password", { password: "lion" }],
    ["a user that does not exist", { user: "nobody" }],
    ["an empty password", { password: "" }],
  ])("with %s is ORA-01017", async (_, wrong) => {
    await expect(client.connect(wrong)).rejects.toThrow(/ORA-01017|ORA-01005|NJS-/);
  });

  it("to a service that does not exist is ORA-12514", async () => {
    const connectString = client.server.connectString.replace(/\/.*$/, "/NOWHERE");
    await expect(client.connect({ connectString })).rejects.toThrow(/ORA-12514|NJS-518/);
  });

  it("as a proxy gives a session of the user behind", async () => {
    const connection = await client.connect({ user: "scott[adams]" });
    expect(await rowsOf(connection, "select user from dual")).toEqual([["ADAMS"]]);
    await expect(client.connect({ user: "scott[nobody]" })).rejects.toThrow(/ORA-28150/);
  });

  it("by TLS, with the server's certificate in the wallet and without it", async () => {
    const { identity, connectString: plain } = client.server;
    const connectString = `tcps://${plain}`;
    const walletContent = `${identity.privateKey}${identity.certificate}`;
    const connection = await client.connect({ connectString, walletContent });
    expect(await rowsOf(connection, "select 1 from dual")).toEqual([["1"]]);
    await expect(client.connect({ connectString })).rejects.toThrow(/NJS-/);
  });

  it("twenty times at once gives sessions of their own", async () => {
    const connections = await Promise.all(Array.from({ length: 20 }, () => client.connect()));
    const sids = await Promise.all(
      connections.map((connection) => rowsOf(connection, "select sys_context('userenv', 'sid') from dual")),
    );
    expect(new Set(sids.map(String)).size).toBe(20);
    await Promise.all(connections.map((connection) => connection.close()));
  });
});

describe("a session", () => {
  it("reads names in the schema that it was told", async () => {
    const connection = await client.connect();
    const other = await client.connect({ user: "adams", password: "wood" });
    await other.execute("create table belongings (id number(1))");
    expect(await failureOf(() => connection.execute("select * from belongings"))).toMatchObject({ number: 942 });
    expect(await rowsOf(connection, "select * from adams.belongings")).toEqual([]);
    connection.currentSchema = "ADAMS";
    expect(await rowsOf(connection, "select * from belongings")).toEqual([]);
    await other.execute("alter session set current_schema = scott");
    expect(await failureOf(() => other.execute("select * from belongings"))).toMatchObject({ number: 942 });
    expect(await failureOf(() => other.execute("alter session set current_schema = nobody"))).toMatchObject({
      number: 1435,
    });
  });

  it("pings, and ends when it is closed", async () => {
    const server = await TnsServer.start({ postgresUrl: inject("postgresUrl") });
    const connection = await client.connect({ connectString: server.connectString });
    await connection.ping();
    expect(server.sessionCount).toBe(1);
    await connection.close();
    await expect.poll(() => server.sessionCount).toBe(0);
    await server.stop();
  });

  it("is ended by another one that knows its number", async () => {
    const victim = await client.connect();
    const killer = await client.connect();
    const [[sid, serial] = []] = await rowsOf(
      victim,
      "select sid, serial# from v$session where sid = sys_context('userenv', 'sid')",
    );
    await killer.execute(`alter system kill session '${sid},${serial}'`);
    expect(await failureOf(() => victim.execute("select 1 from dual"))).toMatchObject({
      message: expect.stringMatching(/ORA-00028|NJS-500/),
    });
    expect(await failureOf(() => killer.execute("alter system kill session '9999,1'"))).toMatchObject({ number: 30 });
  });
});

it("a pool of oracledb works with the server", async () => {
  const pool = await oracledb.createPool({
    user: "scott",
    password: "tiger",
    connectString: client.server.connectString,
    poolMin: 1,
    poolMax: 3,
  });
  const work = Array.from({ length: 9 }, async (_, index) => {
    const connection = await pool.getConnection();
    const rows = await rowsOf(connection, "select :1 + 0 from dual", [index]);
    await connection.close();
    return rows[0]?.[0];
  });
  expect(await Promise.all(work)).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8"]);
  await pool.close(0);
});
