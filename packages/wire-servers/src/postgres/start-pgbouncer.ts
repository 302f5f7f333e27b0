import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { freePort } from "./start-postgres.ts";

/** The PgBouncer of this machine, where it has one: Debian's lies beside the commands of an administrator. */
export const pgbouncer = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin"]
  .map((folder) => join(folder, "pgbouncer"))
  .find((path) => existsSync(path));

/** A PgBouncer in front of a PostgreSQL. */
export interface RunningPgbouncer {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Starts the pooler, with fewer connections to the server than its clients have to it. Clients are taken without a password, as the user of the URL.
 *
 * @param mode - for how long a client keeps a connection of the server
 */
export async function startPgbouncer(
  path: string,
  serverUrl: string,
  poolSize: number,
  mode: "transaction" | "session" = "transaction",
): Promise<RunningPgbouncer> {
  const directory = mkdtempSync(join(tmpdir(), "mdb-pgbouncer-"));
  chmodSync(directory, 0o755);
  const port = await freePort();
  const url = new URL(serverUrl);
  const [user, password] = [url.username, url.password].map(decodeURIComponent) as [string, string];
  const database = url.pathname.slice(1);
  const file = join(directory, "pgbouncer.ini");
  writeFileSync(
    file,
    `[databases]
${database} = host=${url.hostname} port=${url.port || "5432"} user=${user} password='${password.replaceAll("'", "''")}'
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = ${mode}
default_pool_size = ${poolSize}
max_client_conn = 500
`,
    { mode: 0o644 },
  );
  // It refuses to run as root.
  const asSomebody = process.getuid?.() === 0 ? ["-u", "nobody"] : [];
  const child = spawn(path, [...asSomebody, file], { stdio: ["ignore", "ignore", "pipe"] });
  await listening(child);
  return {
    port,
    async stop() {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
      rmSync(directory, { recursive: true });
    },
  };
}

/** Resolves once its log says that it serves. */
function listening(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = "";
    child.stderr?.on("data", (piece: Buffer) => {
      log += piece.toString();
      if (log.includes("process up")) resolve();
    });
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`PgBouncer did not start: ${log}`)));
  });
}
