import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { onTestFinished } from "vitest";

/** A way to a PostgreSQL on which notifications get lost, as behind a pooler that lends connections for one transaction. Gives the URL. */
export async function swallowingNotifications(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const server: Server = createServer((client) => {
    const upstream = connect(Number(port || "5432"), hostname);
    client.pipe(upstream);
    for (const [one, other] of [[client, upstream] as const, [upstream, client] as const]) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
    let pending = Buffer.alloc(0);
    upstream.on("data", (data: Buffer) => {
      pending = Buffer.concat([pending, data]);
      while (pending.length >= 5) {
        const length = 1 + pending.readInt32BE(1);
        if (pending.length < length) return;
        // NotificationResponse.
        if (pending[0] !== 0x41) client.write(pending.subarray(0, length));
        pending = pending.subarray(length);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const proxied = new URL(url);
  proxied.hostname = "127.0.0.1";
  proxied.port = String((server.address() as AddressInfo).port);
  proxied.searchParams.set("sslmode", "disable");
  return proxied.href;
}
