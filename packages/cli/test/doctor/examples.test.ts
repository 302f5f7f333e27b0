import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { DatabaseManager } from "@nsj/mdb-core";
import { expect, it, onTestFinished } from "vitest";
import { doctor } from "../../src/index.ts";

type Module = Readonly<Record<string, (...parameters: readonly unknown[]) => unknown>>;
type Function = Module[string];

const apps = join(import.meta.dirname, "../../../../apps");

/** A function of an example, which is no package of anybody's. */
async function from(app: string, file: string, name: string): Promise<Function> {
  const module = (await import(pathToFileURL(join(apps, app, "src", file)).href)) as Module;
  return module[name] as Function;
}

/** What the doctor finds, in short. */
async function found(databases: DatabaseManager, app: string): Promise<readonly string[]> {
  const findings = await doctor(databases, { file: join(apps, app, "package.json") });
  return findings.map(({ level, database, check }) => `${level} ${database} ${check}`);
}

const facts = (label: string, ...checks: readonly string[]) => checks.map((check) => `info ${label} ${check}`);
const ofPostgres = ["version", "time-limits"] as const;

it("the service over two databases keeps what it promises", async () => {
  const servers = (await (await from("example-orders", "demo/servers.ts", "startServers"))({})) as AsyncDisposable;
  onTestFinished(() => servers[Symbol.asyncDispose]());
  const databases = (await from("example-orders", "databases.ts", "openDatabases"))(servers) as DatabaseManager;
  onTestFinished(() => databases.close());
  await (await from("example-orders", "tables.ts", "createTables"))(databases);
  expect(await found(databases, "example-orders")).toEqual([
    ...facts("orders", ...ofPostgres, "driver"),
    ...facts("audit", "version", "driver"),
  ]);
}, 60_000);

it("the service with tenants keeps what it promises, and what it does not show is said to be unknown", async () => {
  const app = "example-tenants";
  const servers = (await (
    await from(app, "demo/servers.ts", "startServers")
  )()) as AsyncDisposable & {
    readonly urls: unknown;
  };
  onTestFinished(() => servers[Symbol.asyncDispose]());
  await (await from(app, "control/tables.ts", "setUp"))(servers.urls, "secret");
  const { KeyRing } = (await import(pathToFileURL(join(apps, app, "src/shops/key-ring.ts")).href)) as {
    readonly KeyRing: new () => unknown;
  };
  const opened = (await from(app, "databases.ts", "openDatabases"))(servers.urls, "secret", new KeyRing());
  const { databases } = opened as { readonly databases: DatabaseManager };
  onTestFinished(() => databases.close());
  expect(await found(databases, app)).toEqual([
    // The role that shops share sees nothing of other roles.
    "unknown north vacuum",
    "unknown south vacuum",
    "unknown shop tenants",
    "unknown yard tenants",
    ...["control", "north", "south", "northAdmin", "southAdmin"].flatMap((label) =>
      facts(label, ...ofPostgres, "prepared-transactions", "driver"),
    ),
  ]);
}, 90_000);

it("the quickstart keeps what it promises", async () => {
  const servers = (await (await from("quickstart", "servers.ts", "startServers"))()) as AsyncDisposable;
  onTestFinished(() => servers[Symbol.asyncDispose]());
  const databases = (await from("quickstart", "databases.ts", "openDatabases"))(servers) as DatabaseManager;
  onTestFinished(() => databases.close());
  expect(await found(databases, "quickstart")).toEqual([
    ...facts("orders", ...ofPostgres, "prepared-transactions", "driver"),
    ...facts("audit", "version", "driver"),
  ]);
}, 60_000);
