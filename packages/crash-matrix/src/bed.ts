import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { DatabaseManager } from "@nsj/mdb-core";
import { type RunningMysql, startMysql, startPostgres, untilUp } from "@nsj/mdb-wire-servers";
import { asTenant, openDatabases, tenant } from "./databases.ts";
import type { Label } from "./points.ts";
import { isPostgres, type Task, type Told, tenantIn, tenantOn, waiting } from "./task.ts";

const program = fileURLToPath(new URL("./transaction-main.ts", import.meta.url));

/** Each database has a table `work (id)` and tables for decisions; of the tenants one has the first in a schema of its own, the other in a database. */
export interface Bed {
  /** `m` only where the machine has a MariaDB. */
  readonly databases: Readonly<Record<Exclude<Label, "m">, string> & { readonly m?: string }>;
  /** The server `m`. */
  readonly mariadb: RunningMysql | undefined;
  /** This process as another one that has the databases too, and opens no tenant unless recovery does: it recovers. */
  readonly recoverer: DatabaseManager;
  stop(): Promise<void>;
}

/** Where the databases of a transaction are. */
export function placesOf({ databases }: Bed, labels: readonly Label[]): Readonly<Record<string, string>> {
  return Object.fromEntries(labels.map((label) => [label, databases[label] ?? ""]));
}

/** A process that runs transactions. */
export interface Coordinator {
  /** What it has said of transactions so far. */
  readonly told: readonly Told[];
  /** Resolves when it has said something for the first time. */
  readonly speaks: Promise<void>;
  /** Resolves when it waits at its place. */
  readonly waits: Promise<void>;
  goOn(): void;
  kill(): void;
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;
}

/** Starts the servers and makes the tables. */
export async function makeBed(): Promise<Bed> {
  const directory = mkdtempSync(join(tmpdir(), "mdb-crash-"));
  const settings = ["max_prepared_transactions=64", "max_connections=80"];
  const [a, b, m] = await Promise.all([
    startPostgres(settings),
    startPostgres(settings),
    startMysql(["--innodb-flush-log-at-trx-commit=1"]),
  ]);
  const mariadb = m?.flavor === "mariadb" ? m : undefined;
  const own = { a: a.url, b: b.url, c: join(directory, "c.db"), ...(mariadb && { m: mariadb.url }) };
  const ofTenant = new URL(b.url);
  ofTenant.pathname = `/${tenant}`;
  const o = tenantIn(ofTenant.href);
  // It recovers when it is told to, and never by itself.
  const recoverer = openDatabases({ ...own, o }, undefined);
  for (const label of Object.keys(own)) {
    await recoverer.database(label).execute("create table work (id integer primary key)");
    await recoverer.prepareStore(label);
  }
  await recoverer.database("b").execute(`create database ${tenant}`);
  await asTenant(() => recoverer.database("o").execute("create table work (id integer primary key)"));
  await recoverer.database("b").execute(`create schema ${tenant}`);
  await recoverer.database("b").execute(`create table ${tenant}.work (id integer primary key)`);
  return {
    databases: { ...own, t: tenantOn(b.url), o },
    mariadb,
    recoverer,
    async stop() {
      await recoverer.close({ timeoutMs: 0 });
      await Promise.all([a.stop(), b.stop(), m?.stop()]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Starts a process that does what the task says. */
export function startCoordinator(task: Task): Coordinator {
  const child: ChildProcess = spawn(process.execPath, ["--conditions=mdb:source", program, JSON.stringify(task)], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { PATH: process.env["PATH"], NODE_NO_WARNINGS: "1" },
  });
  const told: Told[] = [];
  const waits = Promise.withResolvers<void>();
  const speaks = Promise.withResolvers<void>();
  const { stdout, stdin } = child;
  if (stdout === null || stdin === null) throw new Error("the process has no pipes");
  const lines = createInterface({ input: stdout });
  lines.on("line", (line) => {
    if (line === waiting) waits.resolve();
    else told.push(JSON.parse(line) as Told);
    speaks.resolve();
  });
  // Killed by itself, it leaves its input behind.
  stdin.on("error", () => undefined);
  const ended = Promise.all([once(child, "exit"), once(lines, "close")]).then(() => undefined);
  return {
    told,
    speaks: speaks.promise,
    waits: waits.promise,
    goOn: () => void stdin.write("go on\n"),
    kill: () => void child.kill("SIGKILL"),
    ended,
  };
}

/** What the databases hold after recovery. */
export interface Left {
  /** Of those labels that took part: which have the row. */
  readonly has: Readonly<Record<string, boolean>>;
  /** How many branches are still prepared. */
  readonly prepared: number;
}

/** Recovers until nothing can be done any more, from this process, and looks. */
export async function recoverAndLook(
  { databases, recoverer }: Bed,
  labels: readonly string[],
  id: number,
): Promise<Left> {
  for (const where of Object.values(databases)) if (isPostgres(where)) await untilUp(where);
  // The pools still hold what the crashes have cut.
  for (const label of recoverer.labels) recoverer.database(label).evictConnections();
  // A session of MariaDB keeps what it has prepared until the server has noticed that its client is gone.
  for (let round = 0; round < 500; round++) {
    const { branches, unreachable } = await recoverer.recover();
    if (unreachable.length === 0 && branches.length === 0) break;
  }
  const has: Record<string, boolean> = {};
  for (const label of labels) {
    const [where, table] = label === "t" ? ["b", `${tenant}.work`] : [label, "work"];
    const count = await asTenant(() =>
      recoverer.database(where).queryScalar(`select count(*) from ${table} where id = :id`, { id }),
    );
    has[label] = Number(count) === 1;
  }
  return { has, prepared: (await recoverer.inDoubt()).length };
}
