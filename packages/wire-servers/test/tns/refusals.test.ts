import { once } from "node:events";
import { connect } from "node:net";
import type { Connection } from "oracledb";
import { afterEach, describe, expect, it } from "vitest";
import { rowsOf, useServer } from "./support/client.ts";

/** A part of oracledb that its types do not know yet. */
interface TwoPhase {
  tpcBegin(xid: object): Promise<void>;
}

const client = useServer({ faulty: true });

/** What the server could not make sense of, since the test before. */
const faults = () => client.server.faults.map(({ message }) => message);
afterEach(() => {
  client.server.faults.length = 0;
});

/** Sends bytes on a socket of its own, and waits for the server to hang up. */
async function sent(bytes: Buffer): Promise<void> {
  const socket = connect(client.server.port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.write(bytes);
  await once(socket, "close");
}

describe("what is no protocol that this server knows", () => {
  it.each([
    ["a web browser", Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")],
    ["a packet of an unknown type", Buffer.from([0, 8, 0, 0, 99, 0, 0, 0])],
    ["data before a connect packet", Buffer.from([0, 10, 0, 0, 6, 0, 0, 0, 0, 0])],
  ])("%s is hung up on, and told to the tests", async (_, bytes) => {
    await sent(bytes);
    await expect.poll(faults).toHaveLength(1);
  });

  it("a call that it does not know ends the session, and no other", async () => {
    const other = await client.connect();
    const connection = (await client.connect()) as Connection & TwoPhase;
    const xid = { formatId: 1, globalTransactionId: "global", branchQualifier: "branch" };
    await expect(connection.tpcBegin(xid)).rejects.toThrow(/NJS-/);
    expect(faults()).toEqual([expect.stringMatching(/does not know the function 103/)]);
    expect(connection.isHealthy()).toBe(false);
    expect(await rowsOf(other, "select 1 from dual")).toEqual([["1"]]);
  });

  it("a bind of a type that it does not know, too", async () => {
    const connection = await client.connect();
    await expect(connection.execute("select :1 from dual", [new Float32Array([1, 2])])).rejects.toThrow(/NJS-/);
    expect(faults()).toEqual([expect.stringMatching(/type/)]);
  });
});

it("a script cannot make up what a login answers", async () => {
  client.server.script.once("LOGIN", { kind: "count", count: 1 });
  await expect(client.connect()).rejects.toThrow(/NJS-/);
  expect(faults()).toEqual([expect.stringMatching(/script/)]);
});
