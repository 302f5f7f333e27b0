import { connect } from "node:net";
import mssql from "mssql";
import { afterEach, describe, expect, it } from "vitest";
import { useClient } from "./support/client.ts";

const { newPool, server } = useClient();

/** What was refused since the last look. They were meant to be, and so are no finding about this file. */
const refused = () => (server().refusals as string[]).splice(0);

/** Sends bytes on a connection of their own and waits until the server has closed it. */
async function send(...bytes: readonly number[]): Promise<void> {
  const socket = connect(server().port, server().host);
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  socket.on("error", () => {});
  socket.resume();
  socket.write(Buffer.from(bytes));
  await closed;
}

/** A message of one packet. */
const packet = (type: number, ...payload: readonly number[]) => [
  type,
  0x01,
  0,
  8 + payload.length,
  0,
  0,
  1,
  0,
  ...payload,
];

describe("what the server does not understand of the protocol ends the connection, and is remembered:", () => {
  afterEach(() => expect(server().refusals).toEqual([]));

  it("a packet that cannot be one", async () => {
    await send(0x47, 0x45, 0, 3, 0, 0, 0, 0);
    expect(refused()).toEqual([expect.stringContaining("a packet of 3 bytes")]);
  });

  it("a request before the login", async () => {
    await send(...packet(0x01, 4, 0, 0, 0));
    expect(refused()).toEqual([expect.stringContaining("before the login")]);
  });

  it("a login that is cut short", async () => {
    await send(...packet(0x10, 1, 2, 3));
    expect(refused()).toHaveLength(1);
  });

  it("a type of parameters that it does not know", async () => {
    const pool = await newPool();
    const rows = new mssql.Table("a_type");
    rows.columns.add("id", mssql.Int);
    rows.rows.add(1);
    const request = pool.request().input("rows", mssql.TVP, rows);
    await expect(request.query("select * from @rows")).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(refused()).toEqual([expect.stringContaining("type 0xf3 is not known")]);
    await pool.close();
  });

  it("a packet of another type, once it is logged in", async () => {
    const pool = await newPool();
    const held = pool as unknown as {
      acquire(requester: object): Promise<{
        messageIo: { sendMessage(type: number, data: Buffer): void };
        on(event: string, listener: () => void): void;
      }>;
    };
    const connection = await held.acquire({});
    const ended = new Promise<void>((resolve) => connection.on("end", resolve));
    connection.messageIo.sendMessage(0x11, Buffer.from([1]));
    await ended;
    expect(refused()).toEqual([expect.stringContaining("a message of type 17")]);
  });
});
