import { randomBytes } from "node:crypto";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { DatabaseManager } from "@nsj/mdb-core";
import { type RunningPostgres, startPostgres } from "@nsj/mdb-wire-servers";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { mdb, scratchFolder, writeModule } from "./support/command.ts";

let server: RunningPostgres;
let store: string;
beforeAll(async () => {
  server = await startPostgres(["max_prepared_transactions=8"]);
  for (const name of ["orders", "stock"]) await ask("postgres", `create database ${name}`);
  await ask("stock", "create table t (id integer)");
  const databases = new DatabaseManager({ orders: postgres({ connectionString: urlOf("orders") }) });
  store = await databases.prepareStore("orders");
  await databases.close();
});
afterAll(() => server.stop());
afterEach(async () => {
  for (const { gid } of await ask("stock", "select gid from pg_prepared_xacts")) {
    await ask("stock", `rollback prepared '${gid}'`);
  }
  await ask("stock", "truncate t");
});

function urlOf(database: string, port = ""): string {
  const url = new URL(server.url);
  url.pathname = `/${database}`;
  if (port !== "") url.port = port;
  return url.href;
}

async function ask(database: string, ...texts: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: urlOf(database) });
  await client.connect();
  try {
    let rows: readonly Record<string, unknown>[] = [];
    for (const text of texts) ({ rows } = await client.query(text));
    return rows;
  } finally {
    await client.end();
  }
}

/** Leaves a branch in `stock`, and its decision in `orders`. Gives the transaction as the commands name it. */
async function plant(outcome?: "C" | "R", of = store): Promise<string> {
  const transaction = randomBytes(11).toString("hex");
  await ask("stock", "begin", "insert into t values (1)", `prepare transaction 'mdb1:${of}:${transaction}:2'`);
  if (outcome !== undefined) {
    await ask(
      "orders",
      `insert into mdb_decisions (id, outcome, branches) values ('${transaction}', '${outcome}', '[{"label":"stock"}]')`,
    );
  }
  return `${of}:${transaction}`;
}

async function moduleFor(
  labels: readonly string[] = ["orders", "stock"],
  ports: Readonly<Record<string, string>> = {},
) {
  const entries = labels.map(
    (it) =>
      `${it}: postgres({ connectionString: ${JSON.stringify(urlOf(it, ports[it]))}, pool: { connectTimeoutMs: 2000 } })`,
  );
  const text = `import { postgres } from "@nsj/mdb-adapter-postgres";\nexport const databases = { ${entries.join(", ")} };\n`;
  return writeModule(await scratchFolder(), "databases.ts", text);
}

const rows = async () => (await ask("stock", "select id from t")).length;

describe("in-doubt", () => {
  it("says so when there is nothing", async () => {
    const path = await moduleFor();
    expect(await mdb("in-doubt", "-m", path)).toMatchObject({ code: 0, out: "nothing is in doubt\n" });
    expect(await mdb("in-doubt", "-m", path, "--json")).toMatchObject({ code: 0, out: "[]\n" });
    expect((await mdb("in-doubt", "-m", path, "--older", "old")).code).toBe(2);
    expect((await mdb("in-doubt", "stocks", "-m", path)).errors).toContain('did you mean "stock"');
  });

  it("lists what is prepared with its decision and what to do, and changes nothing", async () => {
    const path = await moduleFor();
    const committed = await plant("C");
    const undecided = await plant();
    const { code, out } = await mdb("in-doubt", "-m", path);
    expect(code).toBe(1);
    expect(out).toMatch(new RegExp(`stock +committed +\\d{4}-.*Z +${committed} +stock`));
    expect(out).toMatch(new RegExp(`stock +undecided +\\d{4}-.*Z +${undecided}`));
    expect(out).toContain("mdb recover commits it here too");
    const json = JSON.parse((await mdb("in-doubt", "stock", "-m", path, "--json")).out);
    expect(json).toHaveLength(2);
    expect(json[0]).toEqual({
      id: committed,
      label: "stock",
      engine: "postgres",
      identifier: `mdb1:${committed}:2`,
      preparedAt: expect.stringMatching(/Z$/),
      decision: "committed",
      branches: ["stock"],
      prepared: ["stock"],
    });
    expect(await mdb("in-doubt", "orders", "-m", path)).toMatchObject({ code: 0 });
    expect(await mdb("in-doubt", "-m", path, "--older", "3600")).toMatchObject({ code: 0 });
  });

  it("shows what is of others, without calling it trouble", async () => {
    await ask("stock", "begin", "insert into t values (1)", "prepare transaction 'of another application'");
    await plant(undefined, "z".repeat(11));
    const { code, out } = await mdb("in-doubt", "-m", await moduleFor());
    expect(code).toBe(0);
    expect(out).toContain("of another application");
    expect(out.match(/foreign {2}/g)).toHaveLength(2);
  });

  it("tells a database that cannot be asked from one that has nothing", async () => {
    await plant();
    const path = await moduleFor(undefined, { orders: "1" });
    const { code, out } = await mdb("in-doubt", "-m", path, "--json");
    expect(code).toBe(1);
    const decisions = (JSON.parse(out) as { label: string; decision: string }[]).map(
      (it) => `${it.label} ${it.decision}`,
    );
    expect(decisions.sort()).toEqual(["orders unreachable", "stock unreachable"]);
  });
});

describe("recover", () => {
  it("ends each branch as it was decided, and is done then", async () => {
    const path = await moduleFor();
    const ids = [await plant("C"), await plant("R"), await plant()];
    const { code, out } = await mdb("recover", "-m", path, "--json");
    expect(code).toBe(0);
    const { branches, unreachable } = JSON.parse(out);
    expect(unreachable).toEqual([]);
    const ends = ids.map((id) => branches.find((it: { id: string }) => it.id === id));
    expect(ends.map(({ decision, result }) => `${decision} ${result}`)).toEqual([
      "committed done",
      "rolled back done",
      "rolled back done",
    ]);
    expect(await rows()).toBe(1);
    expect(await mdb("recover", "-m", path)).toMatchObject({ code: 0, out: "nothing is prepared\n" });
  });

  it("leaves what it cannot decide, and fails", async () => {
    const id = await plant("C");
    const path = await moduleFor(undefined, { orders: "1" });
    const { code, out } = await mdb("recover", "-m", path);
    expect(code).toBe(1);
    expect(out).toMatch(new RegExp(`stock +unreachable +left +${id}`));
    expect(out).toContain("orders could not be asked");
    expect(await rows()).toBe(0);
    const foreign = await moduleFor(["stock"]);
    expect((await mdb("recover", "-m", foreign)).code).toBe(0);
    expect(await mdb("recover", "stock", "-m", await moduleFor())).toMatchObject({ code: 0 });
    expect(await rows()).toBe(1);
  });
});

describe("resolve", () => {
  it("decides what nobody has decided, with --force only", async () => {
    const path = await moduleFor();
    const id = await plant();
    for (const words of [[id, "commit"], [id, "abort", "--force"], [id]]) {
      expect((await mdb("resolve", ...words, "-m", path)).code, words.join(" ")).toBe(2);
    }
    expect(await rows()).toBe(0);
    const running = await plant();
    const { code, out } = await mdb("resolve", id, "commit", "--force", "-m", path);
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`stock +committed +done +${id}`));
    expect(await rows()).toBe(1);
    // What somebody else is about to decide is none of its business.
    const left = JSON.parse((await mdb("in-doubt", "-m", path, "--json")).out) as readonly { id: string }[];
    expect(left.map((it) => it.id)).toEqual([running]);
  });

  it("does not overrule a decision, and knows only what is decided here", async () => {
    const path = await moduleFor();
    const id = await plant("C");
    expect(await mdb("resolve", id, "rollback", "--force", "-m", path)).toMatchObject({
      code: 1,
      errors: expect.stringContaining("decided already: committed"),
    });
    const foreign = await plant(undefined, "z".repeat(11));
    expect((await mdb("resolve", foreign, "rollback", "--force", "-m", path)).errors).toContain(
      "no database here keeps",
    );
    expect(await rows()).toBe(0);
  });
});
