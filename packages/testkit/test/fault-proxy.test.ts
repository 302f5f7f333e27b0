import { once } from "node:events";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { type FaultProxy, faultProxy } from "@nsj/mdb-testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

// A server that gives every byte back.
let server: Server;
let proxy: FaultProxy;
const accepted: Socket[] = [];

beforeEach(async () => {
  server = createServer((socket) => {
    accepted.push(socket);
    socket.on("error", () => undefined);
    socket.pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  proxy = await faultProxy({ host: "127.0.0.1", port: address.port });
});

afterEach(async () => {
  await proxy.close();
  for (const socket of accepted.splice(0)) socket.destroy();
  server.close();
});

async function connect(): Promise<Socket> {
  const socket = createConnection(proxy.address);
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

/** What a socket gives until it has this many bytes. */
async function bytes(socket: Socket, count: number): Promise<string> {
  let got = "";
  while (got.length < count) got += String((await once(socket, "data"))[0]);
  return got;
}

/** The code of the error a socket ends with, or "end". */
function ending(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? ""));
    socket.on("close", () => resolve("end"));
    socket.resume();
  });
}

describe("the fault proxy", () => {
  it("passes bytes both ways, counts them and passes the end on", async () => {
    const socket = await connect();
    socket.end("hello");
    expect(await text(socket)).toBe("hello");
    await proxy.drained();
    expect([proxy.accepted, proxy.open]).toEqual([1, 0]);
    expect([proxy.bytes("to-server"), proxy.bytes("to-client")]).toEqual([5, 5]);
  });

  it("refuses connections, and takes them again on the same port", async () => {
    await proxy.set({ kind: "refuse" });
    expect(await ending(createConnection(proxy.address))).toBe("ECONNREFUSED");
    await proxy.set({ kind: "pass" });
    const socket = await connect();
    socket.write("x");
    expect(await bytes(socket, 1)).toBe("x");
  });

  it("accepts and closes, cleanly or with a reset", async () => {
    await proxy.set({ kind: "accept-and-close" });
    expect(await ending(await connect())).toBe("end");
    await proxy.set({ kind: "accept-and-close", ending: "reset" });
    const socket = createConnection(proxy.address);
    expect(await ending(socket)).toBe("ECONNRESET");
  });

  it("accepts and hangs, and notices when the client lets go", async () => {
    await proxy.set({ kind: "accept-and-hang" });
    const socket = await connect();
    socket.write("is anybody there?");
    await expect.poll(() => proxy.open).toBe(1);
    socket.destroy();
    await proxy.drained();
    expect(accepted).toHaveLength(0);
  });

  it("swallows everything in a black hole, without ending anything", async () => {
    const socket = await connect();
    socket.write("a");
    await bytes(socket, 1);
    await proxy.set({ kind: "blackhole" });
    let heard = false;
    socket.on("data", () => {
      heard = true;
    });
    socket.on("end", () => {
      heard = true;
    });
    socket.write("b");
    accepted[0]?.destroy();
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(heard).toBe(false);
    expect(proxy.bytes("to-server")).toBe(1);
  });

  it.each(["to-server", "to-client"] as const)("cuts after a number of bytes %s", async (direction) => {
    const socket = await connect();
    await proxy.set({ kind: "cut", direction, afterBytes: 4 });
    socket.write("0123456789");
    const got = await text(socket).catch(() => "");
    expect(proxy.bytes(direction)).toBe(4);
    if (direction === "to-client") expect(got).toBe("0123");
    await proxy.drained();
  });

  it("does not cut before the first byte behind the count", async () => {
    const socket = await connect();
    await proxy.set({ kind: "cut", direction: "to-client", afterBytes: 2 });
    socket.write("ab");
    expect(await bytes(socket, 2)).toBe("ab");
    expect(proxy.open).toBe(1);
    socket.write("c");
    expect(await ending(socket)).toBe("end");
  });

  it("resets where it is told to", async () => {
    const socket = await connect();
    await proxy.set({ kind: "cut", direction: "to-server", afterBytes: 0, ending: "reset" });
    socket.write("x");
    expect(await ending(socket)).toBe("ECONNRESET");
  });

  it("keeps bytes back and hands them on later, in order", async () => {
    const socket = await connect();
    await proxy.set({ kind: "hold", direction: "to-client" });
    socket.write("first ");
    await expect.poll(() => proxy.bytes("to-server")).toBe(6);
    expect(proxy.bytes("to-client")).toBe(0);
    await proxy.set({ kind: "pass" });
    socket.write("second");
    expect(await bytes(socket, 12)).toBe("first second");
  });

  it("delivers bytes one by one, or late, and loses none", async () => {
    for (const fault of [
      { kind: "trickle", bytes: 1 },
      { kind: "latency", milliseconds: 3 },
    ] as const) {
      await proxy.set(fault);
      const socket = await connect();
      const sent = "0123456789".repeat(30);
      socket.end(sent);
      expect(await text(socket)).toBe(sent);
    }
  });

  it("lets the server see the end of a half-open connection, and the client nothing", async () => {
    const socket = await connect();
    socket.write("a");
    await bytes(socket, 1);
    const [seen] = accepted;
    if (seen === undefined) throw new Error("nobody was accepted");
    const closed = once(seen, "close");
    await proxy.set({ kind: "half-open" });
    await closed;
    expect(socket.closed).toBe(false);
    socket.destroy();
    await proxy.drained();
  });

  it("slows the sender down when the receiver does not read", async () => {
    const socket = await connect();
    socket.pause();
    const chunk = Buffer.alloc(65_536);
    let sent = 0;
    // 200 MB: more than all buffers on the way, there and back.
    while (sent < 200_000_000) {
      sent += chunk.length;
      if (!socket.write(chunk)) {
        const drained = once(socket, "drain");
        const stalled = new Promise((resolve) => setTimeout(resolve, 300, "stalled"));
        if ((await Promise.race([drained, stalled])) === "stalled") break;
      }
    }
    expect(sent).toBeLessThan(200_000_000);
  });

  it("breaks one connection and leaves the other", async () => {
    const [first, second] = [await connect(), await connect()];
    await expect.poll(() => proxy.links.length).toBe(2);
    const end = ending(first);
    proxy.links[0]?.end("reset");
    expect(await end).toBe("ECONNRESET");
    second.write("x");
    expect(await bytes(second, 1)).toBe("x");
  });
});
