import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { DatabaseManager, sql } from "@nsj/mdb-core";
import { afterAll, beforeAll, describe, expect, inject, it, type TestContext, vi } from "vitest";
import { applications, type InstalledApplication, installApplication } from "../src/applications.ts";
import { type PackedPackage, packPublished } from "../src/packed-packages.ts";

const patience = { timeout: 60_000, interval: 20 };

let folder: string;
let packed: readonly PackedPackage[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mdb-applications-"));
  const tarballs = join(folder, "tarballs");
  await mkdir(tarballs);
  packed = await packPublished(tarballs);
}, 480_000);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe.concurrent("an application made of the packed packages, as the documents say", () => {
  it.for(applications)(
    "%s: its own tests pass, and a request in progress is answered when it is told to stop",
    { timeout: 480_000 },
    async (name, { expect, onTestFinished }) => {
      const application = await installApplication(name, folder, packed);
      const database = await freshDatabase(`app_${name}`, onTestFinished);
      const environment = { ORDERS_URL: database.url };
      await application.run("test", environment);
      if (process.platform === "win32") return; // which has no SIGTERM
      expect(await stopInTheMiddle(application, environment, database.manager, onTestFinished)).toEqual({
        answer: [200, { n: 1, pg_advisory_xact_lock_shared: "" }],
        // Nest ends by the signal that it was told to stop with, once it has closed everything.
        end: name === "nestjs" ? [null, "SIGTERM"] : [0, null],
        errors: "",
      });
    },
  );
});

/** A database of the server of the tests, which goes with the test, and a manager for it. */
async function freshDatabase(name: string, onTestFinished: TestContext["onTestFinished"]) {
  const server = new DatabaseManager({ postgres: postgres({ connectionString: inject("postgresUrl") }) });
  const database = server.database("postgres");
  await database.execute(sql`drop database if exists ${sql.identifier(name)} with (force)`);
  await database.execute(sql`create database ${sql.identifier(name)}`);
  const url = new URL(inject("postgresUrl"));
  url.pathname = `/${name}`;
  const manager = new DatabaseManager({ orders: postgres({ connectionString: url.href }) });
  onTestFinished(async () => {
    await manager.close();
    await database.execute(sql`drop database ${sql.identifier(name)} with (force)`);
    await server.close();
  });
  return { url: url.href, manager };
}

/** Starts the application, tells it to stop while a statement of a request waits for a lock, and gives what came of both. */
async function stopInTheMiddle(
  { folder, start: [command, ...rest] }: InstalledApplication,
  environment: Readonly<Record<string, string>>,
  manager: DatabaseManager<{ orders: ReturnType<typeof postgres> }>,
  onTestFinished: TestContext["onTestFinished"],
) {
  const env = { ...process.env, ...environment };
  const child = spawn(command, rest, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const ended = new Promise((resolve) => child.once("close", (...end) => resolve(end)));
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    errors += text;
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output += text;
  });
  await vi.waitFor(() => expect(output + errors).toContain("\n"), patience);
  const url = output.trim();
  const database = manager.database("orders");
  const lock = await database.begin();
  await lock.execute("select pg_advisory_xact_lock(17)");
  const answer = fetch(`${url}/slow`).then(async (it) => [it.status, await it.json()]);
  const waiting = sql<number>`select count(*) from pg_locks join pg_database d on d.oid = database
    where locktype = 'advisory' and not granted and datname = current_database()`;
  await vi.waitFor(async () => expect(await database.queryScalar(waiting)).toBe(1), patience);
  child.kill("SIGTERM");
  await vi.waitFor(() => expect(refused(url)).resolves.toBe(true), patience);
  await lock.commit();
  return { answer: await answer, end: await ended, errors };
}

function refused(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    socket.once("connect", () => {
      socket.destroy();
      resolve(false);
    });
    socket.once("error", () => resolve(true));
  });
}
