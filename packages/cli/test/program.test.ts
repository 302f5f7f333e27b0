import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { mdb, scratchFolder, writeModule } from "./support/command.ts";
import { program } from "./support/program.ts";

// Each of them starts programs, and a machine may have much else to do.
vi.setConfig({ testTimeout: 180_000 });

const memory = (label: string) => `${label}: sqlite({ filename: ":memory:" })`;
const head = `import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { DatabaseManager } from "@nsj/mdb-core";
`;

/** A module in a folder of its own; gives its path. */
const moduleOf = async (text: string, name = "databases.mjs") => writeModule(await scratchFolder(), name, head + text);

describe("the program", () => {
  it("tells what it can do, its version, and what its exit codes mean", async () => {
    const help = await program(["--help"]);
    expect(help).toMatchObject({ code: 0, errors: "" });
    for (const name of ["ping", "stats", "doctor", "outbox", "codegen", "in-doubt", "recover", "resolve"]) {
      expect(help.out).toMatch(new RegExp(`^ {2}${name} `, "m"));
      const { code, out } = await mdb(name, "--help");
      expect(code).toBe(0);
      expect(out).toContain("--module <path>");
      expect(out).toContain("--json");
    }
    expect(help.out).toContain("Exit codes: 0 all is well");
    expect((await program(["--version"])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it("says what is wrong with a command line on the error stream, and nothing else anywhere", async () => {
    const wrong = await program(["ping"]);
    expect(wrong).toMatchObject({ code: 2, out: "" });
    expect(wrong.errors).toContain("--module");
    expect(await program(["pign", "-m", "x"])).toMatchObject({
      code: 2,
      out: "",
      errors: expect.stringContaining("ping"),
    });
    expect((await program([])).code).toBe(2);
  });

  it("writes one JSON to the end, though whoever reads is slow", async () => {
    const labels = Array.from({ length: 400 }, (_, index) => memory(`label${index}`)).join(", ");
    const path = await moduleOf(`export const databases = { ${labels} };`);
    const child = spawn(
      process.execPath,
      ["--conditions=mdb:source", join(import.meta.dirname, "../src/main.ts"), "stats", "--json", "-m", path],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    let out = "";
    for await (const bytes of child.stdout) {
      out += String(bytes);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(out.length).toBeGreaterThan(200_000);
    expect(Object.keys(JSON.parse(out) as object)).toHaveLength(400);
  });
});

describe("a module", () => {
  it.each([
    ["that keeps the process alive", `export const databases = { ${memory("orders")} }; setInterval(() => {}, 1_000);`],
    [
      "whose manager never closes",
      `export const databases = new DatabaseManager({ ${memory("orders")} }); databases.close = () => new Promise(() => {});`,
    ],
    ["that is CommonJS", `exports.databases = new DatabaseManager({ ${memory("orders")} });`],
  ])("%s is no hindrance", async (name, text) => {
    const isCommon = name.includes("CommonJS");
    const common = head.replaceAll(/^import (.*) from (.*);$/gm, "const $1 = require($2);");
    const path = isCommon
      ? await writeModule(await scratchFolder(), "databases.cjs", common + text)
      : await moduleOf(text);
    expect(await program(["ping", "-m", path])).toMatchObject({ code: 0, out: expect.stringMatching(/orders +up/) });
  });

  it.each([
    ["that is not there", undefined, "there is no module"],
    ["that exports nothing of the kind", "export const other = 1;", "exports neither a DatabaseManager"],
    ["that throws", 'throw new Error("no ORDERS_URL");', "could not be loaded: no ORDERS_URL"],
    ["that imports what is not installed", 'import "not-installed";', "not-installed"],
    ["that is not JavaScript", "const = 1;", "could not be loaded"],
    ["that waits for ever", "await new Promise(() => {});", "has not finished within 10 s"],
    [
      "with two managers of which none is called databases",
      `export const one = new DatabaseManager({ ${memory("a")} }); export const two = new DatabaseManager({ ${memory("b")} });`,
      "several that could be meant (one, two)",
    ],
  ])("%s is told, with exit code 2", async (_, text, words) => {
    const path = text === undefined ? join(await scratchFolder(), "none.mjs") : await moduleOf(text);
    const ended = await program(["ping", "-m", path]);
    expect(ended.errors).toContain(words);
    expect(ended).toMatchObject({ code: 2, out: "" });
  });

  it("may have two managers, of which one is called databases", async () => {
    const path = await moduleOf(
      `export const archive = new DatabaseManager({ ${memory("old")} }); export const databases = new DatabaseManager({ ${memory("orders")} });`,
    );
    const { code, out } = await program(["ping", "-m", path, "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject([{ label: "orders" }]);
  });

  it("is looked for from the working directory", async () => {
    const folder = await scratchFolder();
    await mkdir(join(folder, "src"));
    await writeModule(join(folder, "src"), "databases.mjs", `${head}export default { ${memory("orders")} };`);
    expect((await program(["ping", "-m", "src/databases.mjs"], folder)).code).toBe(0);
  });
});

describe("a server", () => {
  const secret = "s3cr3t-of-nobody";

  /** One that takes connections and never says a word; gives its port. */
  async function silent(): Promise<number> {
    const server = createServer(() => {});
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("it has no port");
    return address.port;
  }

  const definitionOf = (port: number) =>
    `export const databases = { mute: postgres({ connectionString: "postgresql://app:${secret}@127.0.0.1:${port}/db", pool: { connectTimeoutMs: 500 } }), ${memory("audit")} };`;

  it("that never answers does not keep anything waiting, and no password is ever shown", async () => {
    const path = await moduleOf(definitionOf(await silent()));
    const ping = await program(["ping", "-m", path]);
    expect(ping.code).toBe(1);
    expect(ping.out).toMatch(/mute +down/);
    expect(ping.out).toMatch(/audit +up/);
    const doctor = await program(["doctor", "-m", path, "--json"]);
    expect(doctor.code).toBe(1);
    expect(JSON.parse(doctor.out)[0]).toMatchObject({ level: "error", database: "mute", check: "reach" });
    const all = [ping, doctor];
    for (const words of [["stats"], ["outbox", "mute"], ["codegen", "mute"], ["in-doubt"], ["recover"]])
      all.push(await mdb(...words, "-m", path));
    for (const ended of all) {
      expect(ended.code).toBe(1);
      expect(ended.out + ended.errors).not.toContain(secret);
      expect(ended.out + ended.errors).toContain("mute");
    }
  });

  it("that refuses is told without the password, also where the driver would show it", async () => {
    const path = await moduleOf(definitionOf(1));
    for (const words of [["ping"], ["doctor"], ["stats"], ["codegen", "mute"]]) {
      const ended = await mdb(...words, "-m", path);
      expect(ended.code).toBe(1);
      expect(ended.out + ended.errors).not.toContain(secret);
    }
    const wrong = await moduleOf(
      `export const databases = { it: postgres({ connectionString: "postgresql://app:${secret}@127.0.0.1:99999/db" }) };`,
    );
    const refused = await program(["ping", "-m", wrong]);
    expect(refused.code).toBe(2);
    expect(refused.errors).not.toContain(secret);
  });
});

describe("a label of tenants", () => {
  it("is pinged, shown and said not to be looked at", async () => {
    const path = await moduleOf(`import { sqliteDriver } from "@nsj/mdb-adapter-sqlite";
import { tenants } from "@nsj/mdb-tenants";
export const databases = new DatabaseManager({ ${memory("control")}, shop: tenants({ driver: sqliteDriver, resolve: () => sqlite({ filename: ":memory:" }), connections: 2 }) });`);
    expect(await program(["ping", "-m", path])).toMatchObject({ code: 0, out: expect.stringMatching(/shop +up/) });
    const stats = await program(["stats", "-m", path]);
    expect(stats).toMatchObject({ code: 0, errors: "" });
    expect(stats.out).toMatch(/shop +\d/);
    const doctor = await program(["doctor", "shop", "shop", "-m", path, "--json"]);
    expect(JSON.parse(doctor.out)).toMatchObject([{ level: "unknown", check: "tenants" }]);
    for (const words of [
      ["outbox", "shop"],
      ["codegen", "shop"],
    ])
      expect(await program([...words, "-m", path])).toMatchObject({
        code: 1,
        out: "",
        errors: expect.stringContaining("tenant"),
      });
  });
});
