import { mkdir, mkdtemp, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTdsServer, type TdsServer, TnsServer } from "@nsj/mdb-wire-servers";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type BundleFormat, bundlers, external } from "../src/bundle.ts";
import { oldNode } from "../src/old-node.ts";
import { buildPackages } from "../src/packed-packages.ts";
import { publishedPackages, read } from "../src/repository.ts";
import { runCommand } from "../src/run-command.ts";

/** The adapters of the drivers that are outside. */
const adapters = { "better-sqlite3": "sqlite", mssql: "mssql", oracledb: "oracle" };

let folder: string;
let tds: TdsServer;
let tns: TnsServer;

beforeAll(async () => {
  await buildPackages();
  // A folder where nothing is installed but what is left out of the bundles.
  folder = await realpath(await mkdtemp(join(tmpdir(), "mdb-bundles-")));
  await mkdir(join(folder, "node_modules"));
  for (const driver of external) {
    const adapter = adapters[driver as keyof typeof adapters];
    const installed = join(import.meta.dirname, `../../adapter-${adapter}/node_modules`, driver);
    await symlink(installed, join(folder, "node_modules", driver), "junction");
  }
  tds = await startTdsServer({ postgresUrl: inject("postgresUrl"), encryption: "on" });
  tns = await TnsServer.start({ postgresUrl: inject("postgresUrl") });
}, 480_000);

afterAll(async () => {
  await tds?.close();
  await tns?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

const undefinedObject = ["UndefinedObjectError", "MDB_UNDEFINED_OBJECT", [true, true, false], true];

// Both formats by the quick one; each of the others takes a quarter of a minute.
const cases: readonly (readonly [string, BundleFormat])[] = [
  ["esbuild", "esm"],
  ["esbuild", "cjs"],
  ["rollup", "esm"],
  ["webpack", "cjs"],
];

describe("a minified bundle of core and adapters", () => {
  it.each(cases)(
    "made by %s as %s keeps what errors promise",
    { timeout: 240_000 },
    async (name: string, format: BundleFormat) => {
      const file = await bundlers[name]?.(join(import.meta.dirname, "../consumers/bundled.mjs"), folder, format);
      const { host: server, port, user, password, database } = tds;
      const finished = await runCommand(process.execPath, [String(file)], {
        cwd: folder,
        environment: {
          CONSUMER_POSTGRES_URL: inject("postgresUrl"),
          CONSUMER_MYSQL_URL: inject("mysqlUrl"),
          CONSUMER_MSSQL: JSON.stringify({ server, port, user, password, database, encrypt: false }),
          CONSUMER_ORACLE: JSON.stringify({ user: "scott", password: "tiger", connectString: tns.connectString }),
        },
      });
      expect(finished.stderr).toBe("");
      expect(JSON.parse(finished.stdout)).toEqual({
        unique: ["UniqueViolationError", "MDB_UNIQUE_VIOLATION", [true, true, false], true],
        noRows: ["NoRowsError", "MDB_NO_ROWS", [true, true, false], true],
        attempts: 3,
        // Where the machine has a server of MySQL or MariaDB.
        ...(inject("mysqlUrl") !== "" && {
          missing: undefinedObject,
        }),
        late: ["StatementTimeoutError", "MDB_STATEMENT_TIMEOUT", [true, true, false], true],
        others: ["12345678901234567890.5000000000", undefinedObject, "12345678901234567890.5", undefinedObject],
        derived: [true, true, false],
        table: ["id"],
      });
    },
  );
});

describe("a Node.js that is too old", () => {
  const loads = {
    module: 'import { DatabaseManager } from "@nsj/mdb-core";',
    commonjs: 'const { DatabaseManager } = require("@nsj/mdb-core");',
  };

  it.for(Object.entries(loads))("is refused by name when core is loaded as %s", async ([type, load], context) => {
    const node = await oldNode();
    if (node === undefined) return context.skip("there is no older Node.js in PATH");
    const program = `${load} try { new DatabaseManager({}); } catch (error) { console.log(error.code, error.message); }`;
    const cwd = join(import.meta.dirname, "..");
    const finished = await runCommand(node, [`--input-type=${type}`, "--eval", program], { cwd });
    expect(finished.stdout).toMatch(
      /^MDB_CONFIGURATION this is Node\.js \d+\.\d+\.\d+, and @nsj\/mdb needs 22\.14 or newer; update Node\.js\n$/,
    );
  });
});

describe("what is built", () => {
  const built = () =>
    publishedPackages()
      .flatMap(({ folder: place }) => ["index.js", "index.cjs"].map((file) => `${place}/dist/${file}`))
      .map((path) => [path, read(path)] as const);

  it("names built-in modules with their prefix", () => {
    const bare =
      /(?:from |require\()['"](?:async_hooks|buffer|diagnostics_channel|http|module|net|perf_hooks|util|util\/types|stream|assert|assert\/strict|crypto|events|timers)['"]/;
    expect(
      built()
        .filter(([, text]) => bare.test(text))
        .map(([path]) => path),
    ).toEqual([]);
    expect(built().some(([, text]) => text.includes("node:"))).toBe(true);
  });

  it("has no class whose name is not its own", () => {
    expect(
      built().flatMap(([path, text]) => [...text.matchAll(/= class _\w+/g)].map(([it]) => `${path}: ${it}`)),
    ).toEqual([]);
  });
});
