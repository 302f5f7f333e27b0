import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { DatabaseManager } from "@nsj/mdb-core";
import { expect, it, onTestFinished } from "vitest";
import { triedDrivers } from "../../src/doctor/drivers.ts";
import { doctor, type Finding } from "../../src/index.ts";

/** What the doctor says of the driver in an application that has these packages. */
async function driverOf(packages: Readonly<Record<string, string>>): Promise<Finding | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "mdb-drivers-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, version] of Object.entries(packages)) {
    await mkdir(join(folder, "node_modules", name), { recursive: true });
    await writeFile(join(folder, "node_modules", name, "package.json"), JSON.stringify({ name, version }));
  }
  await using databases = new DatabaseManager({ orders: sqlite({ filename: ":memory:" }) });
  const findings = await doctor(databases, { file: join(folder, "databases.js") });
  return findings.find(({ check }) => check === "driver");
}

it("a driver that is older or newer than the one that was tried is told, and one that is not found is unknown", async () => {
  const adapter = { "@nsj/mdb-adapter-sqlite": "1.0.0" };
  expect(await driverOf({ ...adapter, "better-sqlite3": "13.2.0" })).toEqual({
    database: "orders",
    level: "info",
    check: "driver",
    seen: "the driver is better-sqlite3 13.2.0",
  });
  expect(await driverOf({ ...adapter, "better-sqlite3": "13.10.0" })).toMatchObject({
    level: "info",
    seen: expect.stringContaining("13.10.0, which is newer than 13.2.0"),
  });
  expect(await driverOf({ ...adapter, "better-sqlite3": "9.6.0" })).toMatchObject({
    level: "warning",
    seen: expect.stringContaining("older than 13.2.0"),
  });
  expect(await driverOf({})).toMatchObject({
    level: "unknown",
    seen: expect.stringContaining("@nsj/mdb-adapter-sqlite is not found"),
  });
});

it("the versions that were tried are those that the adapters ask for", async () => {
  const workspace = await readFile(join(import.meta.dirname, "../../../../pnpm-workspace.yaml"), "utf8");
  for (const { driver, tried } of Object.values(triedDrivers))
    expect(workspace).toContain(`\n  ${driver}: ^${tried}\n`);
});
