import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "@nsj/mdb-wire-servers";
import pg from "pg";

/** A server of its own with TLS. */
export interface TlsServer {
  readonly url: string;
  stop(): Promise<void>;
}

export const fixture = (name: string): string => join(import.meta.dirname, "..", "fixtures", name);

/** Starts a server that speaks TLS too, with the certificates among the fixtures: for `localhost`, by an authority of our own. */
export async function startTlsServer(): Promise<TlsServer> {
  const directory = mkdtempSync(join(tmpdir(), "mdb-tls-"));
  chmodSync(directory, 0o755);
  // The server refuses a key that it cannot read, or that others can.
  const forServer = (name: string): string => {
    const copy = join(directory, name);
    copyFileSync(fixture(name), copy);
    if (process.getuid?.() === 0) chownSync(copy, Number(execFileSync("id", ["-u", "postgres"])), 0);
    chmodSync(copy, 0o600);
    return copy;
  };
  const server = await startPostgres([
    "ssl=on",
    `ssl_cert_file=${forServer("server.pem")}`,
    `ssl_key_file=${forServer("server.key")}`,
    `ssl_ca_file=${forServer("ca.pem")}`,
    "max_connections=200",
    "max_prepared_transactions=20",
  ]);
  return {
    url: server.url,
    async stop() {
      await server.stop();
      rmSync(directory, { recursive: true });
    },
  };
}

/**
 * Makes the server lose every session and start anew, as after a crash: a backend that is killed the hard way leaves shared memory
 * in doubt. Resolves once it takes connections.
 */
export async function crash(url: string): Promise<void> {
  const victim = await watched(url);
  // The server goes on for a moment until it has noticed; then it ends everybody else, and takes nobody before it has recovered.
  const witness = await watched(url);
  const { rows } = await victim.client.query("select pg_backend_pid() as pid");
  process.kill(Number(rows[0]?.["pid"]), "SIGKILL");
  await Promise.all([victim.lost, witness.lost]);
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      // Still recovering.
    }
  }
}

async function watched(url: string): Promise<{ readonly client: pg.Client; readonly lost: Promise<void> }> {
  const client = new pg.Client({ connectionString: url });
  const lost = new Promise<void>((resolve) => {
    client.on("end", resolve);
    client.on("error", () => undefined);
  });
  await client.connect();
  return { client, lost };
}
