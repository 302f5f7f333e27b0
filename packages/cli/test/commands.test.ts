import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { mdb, scratchFolder, writeModule } from "./support/command.ts";

const manager = (exported: string, filename = ":memory:") => `
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { DatabaseManager } from "@nsj/mdb-core";
${exported} new DatabaseManager({ orders: sqlite({ filename: ${JSON.stringify(filename)} }), audit: sqlite({ filename: ":memory:" }) });
`;
const definitions = `
import { sqlite } from "@nsj/mdb-adapter-sqlite";
export const databases = { orders: sqlite({ filename: ":memory:" }) };
`;

describe("a module", () => {
  it.each([
    ["its manager by name", manager("export const databases =")],
    ["its manager as the default", manager("export default")],
    ["its manager by another name", manager("export const mine =")],
    ["definitions", definitions],
  ])("may export %s", async (_, text) => {
    const path = await writeModule(await scratchFolder(), "databases.ts", text);
    const { code, out } = await mdb("ping", "orders", "--module", path, "--json");
    expect(JSON.parse(out)).toMatchObject([{ label: "orders", status: "up" }]);
    expect(code).toBe(0);
  });

  it("whose manager never closes is not waited for", async () => {
    const text = `${manager("export const databases =")}databases.close = () => new Promise(() => {});\n`;
    const path = await writeModule(await scratchFolder(), "databases.ts", text);
    expect((await mdb("ping", "-m", path)).code).toBe(0);
  });

  it("that is not there, or exports nothing of the kind, is a mistake of the command line", async () => {
    const folder = await scratchFolder();
    expect(await mdb("ping", "-m", join(folder, "none.ts"))).toMatchObject({
      code: 2,
      errors: expect.stringContaining("there is no module"),
    });
    const empty = await writeModule(folder, "empty.ts", "export const port = 3000;\n");
    expect(await mdb("ping", "-m", empty)).toMatchObject({
      code: 2,
      errors: expect.stringContaining("exports neither a DatabaseManager"),
    });
  });
});

describe("the command line", () => {
  it("helps", async () => {
    const { code, out } = await mdb("--help");
    expect(code).toBe(0);
    for (const command of ["ping", "stats", "doctor", "codegen"]) expect(out).toContain(command);
  });

  it("refuses what it does not know, and a label that is none", async () => {
    expect((await mdb("pong")).code).toBe(2);
    expect((await mdb("ping")).errors).toContain("--module");
    const path = await writeModule(await scratchFolder(), "databases.ts", definitions);
    expect(await mdb("ping", "ordres", "-m", path)).toMatchObject({
      code: 1,
      errors: expect.stringContaining('did you mean "orders"'),
    });
    expect((await mdb("doctor", "-m", path, "--processes", "0")).code).toBe(2);
    expect((await mdb("codegen", "orders", "-m", path, "--types", '{"bigint":"long"}')).errors).toContain("bigint");
  });
});

describe("ping", () => {
  it("says which databases are up, and fails when one is down", async () => {
    const folder = await scratchFolder();
    const path = await writeModule(
      folder,
      "databases.ts",
      manager("export const databases =", join(folder, "nowhere/orders.db")),
    );
    const { code, out } = await mdb("ping", "-m", path);
    expect(code).toBe(1);
    expect(out).toMatch(/orders\s+down/);
    expect(out).toMatch(/audit\s+up/);
  });
});

describe("stats", () => {
  it("shows the pools", async () => {
    const path = await writeModule(await scratchFolder(), "databases.ts", manager("export const databases ="));
    expect((await mdb("stats", "-m", path)).out).toMatch(/database\s+max\s+total[\s\S]*orders\s+1\s+1/);
    const again = await writeModule(await scratchFolder(), "databases.ts", manager("export const databases ="));
    expect(JSON.parse((await mdb("stats", "-m", again, "--json")).out)).toMatchObject({
      orders: { total: 1 },
      audit: { total: 1 },
    });
  });
});
