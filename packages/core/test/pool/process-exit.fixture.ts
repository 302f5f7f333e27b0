import { createServer, connect as openSocket } from "node:net";
import type { DriverConnection } from "../../src/driver/index.ts";
import { systemClock } from "../../src/driver/index.ts";
import { MdbError } from "../../src/errors/index.ts";
import { type ConnectionSource, Pool } from "../../src/pool/index.ts";
import { FakeConnection, FakeServer } from "./fake-server.ts";

/** Connections that are real sockets, so that they hold the process while they are lent, as a driver's do. */
const server = createServer(() => {});
await new Promise<void>((resolve) => {
  server.listen(0, "127.0.0.1", resolve);
});
server.unref();
server.on("connection", (socket) => socket.unref());
const address = server.address();
const port = typeof address === "object" && address !== null ? address.port : 0;
const fake = new FakeServer(systemClock);

class SocketConnection extends FakeConnection {
  readonly #socket = openSocket(port, "127.0.0.1");
  override ref(): void {
    this.#socket.ref();
  }
  override unref(): void {
    this.#socket.unref();
  }
  override async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#socket.end(resolve);
    });
    this.#socket.destroy();
  }
  override destroy(): void {
    this.#socket.destroy();
  }
}

const source: ConnectionSource = {
  label: "orders",
  engine: "fake",
  target: fake.target,
  capabilities: fake.capabilities,
  connect: async (): Promise<DriverConnection> => new SocketConnection(1, fake),
  classify: (error) => fake.classify(error),
};

const said: string[] = [];
process.on("exit", () => process.stdout.write(`${[...said, "exit"].join("; ")}\n`));

const pool = new Pool(source, { max: 2, acquireTimeoutMs: 400 });
const leases = [await pool.acquire(), await pool.acquire()];
switch (process.argv[2]) {
  case "idle":
    for (const lease of leases) lease.release();
    said.push(`idle: ${pool.stats().idle}`);
    break;
  case "waiting":
    // Nothing but the wait itself may keep the process here.
    for (const lease of leases) lease.connection.unref?.();
    try {
      await pool.acquire();
    } catch (error) {
      said.push(error instanceof MdbError ? error.code : String(error));
    }
    break;
  default:
    leases[0]?.release();
    for (const lease of leases.slice(1)) lease.connection.unref?.();
    said.push(`closed: ${(await pool.close({ timeoutMs: 300 })).destroyed}`);
}
