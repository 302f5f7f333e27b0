import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "@nsj/mdb-wire-servers";

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
