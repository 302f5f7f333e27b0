import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { mariadb } from "@nsj/mdb-adapter-mysql";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { DatabaseManager } from "@nsj/mdb-core";
import { outbox } from "@nsj/mdb-outbox";
import { mysqlNeeded, type RunningMysql, startMysql } from "@nsj/mdb-wire-servers";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { mdb, scratchFolder, writeModule } from "./support/command.ts";

const mysqlUrl = inject("mysqlUrl");
const format = 0x6d646231;

describe("on a MariaDB", () => {
  if (!mysqlUrl.startsWith("mariadb:")) {
    it.skip(`branches are ended (${mysqlUrl === "" ? mysqlNeeded : "this is a MySQL"})`);
    return;
  }

  // Of its own: what is prepared is seen by everybody on the server.
  let server: RunningMysql;
  beforeAll(async () => {
    server = (await startMysql(["--innodb-flush-log-at-trx-commit=1"])) as RunningMysql;
    await using databases = new DatabaseManager({ stock: mariadb({ connectionString: server.url }) });
    await databases.database("stock").execute("create table t (id integer) engine = innodb");
  }, 60_000);
  afterAll(() => server?.stop());

  /** A module over a file that decides and the MariaDB; gives its path and the name of its store. */
  async function moduleWithStore(): Promise<{
    readonly path: string;
    readonly store: string;
    readonly filename: string;
  }> {
    const folder = await scratchFolder();
    const filename = join(folder, "orders.db");
    await using databases = new DatabaseManager({ orders: sqlite({ filename }) });
    const store = await databases.prepareStore("orders");
    const text = `import { mariadb } from "@nsj/mdb-adapter-mysql";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
export const databases = { orders: sqlite({ filename: ${JSON.stringify(filename)} }), stock: mariadb({ connectionString: ${JSON.stringify(server.url)} }) };
`;
    return { path: await writeModule(folder, "databases.ts", text), store, filename };
  }

  /** Leaves a branch on the server, and its decision in the file. */
  async function plant(store: string, filename: string, outcome?: "C" | "R"): Promise<string> {
    const transaction = randomBytes(11).toString("hex");
    const xid = `'${store}:${transaction}','2',${format}`;
    await using databases = new DatabaseManager({
      orders: sqlite({ filename }),
      stock: mariadb({ connectionString: server.url }),
    });
    await databases.database("stock").withConnection(async (connection) => {
      for (const text of [`xa start ${xid}`, "insert into t values (1)", `xa end ${xid}`, `xa prepare ${xid}`])
        await connection.execute(text);
    });
    if (outcome !== undefined)
      await databases
        .database("orders")
        .execute(
          `insert into mdb_decisions (id, outcome, branches) values ('${transaction}', '${outcome}', '[{"label":"stock"}]')`,
        );
    return `${store}:${transaction}`;
  }

  async function rows(): Promise<number> {
    await using databases = new DatabaseManager({ stock: mariadb({ connectionString: server.url }) });
    return Number(await databases.database("stock").queryScalar("select count(*) from t"));
  }

  it("what is prepared is listed, ended as it was decided, and decided by hand", async () => {
    const { path, store, filename } = await moduleWithStore();
    const committed = await plant(store, filename, "C");
    const rolledBack = await plant(store, filename, "R");
    const byHand = await plant(store, filename);
    const listed = await mdb("in-doubt", "-m", path, "--json");
    expect(listed.code).toBe(1);
    const found = JSON.parse(listed.out) as readonly { readonly id: string; readonly decision: string }[];
    expect(Object.fromEntries(found.map(({ id, decision }) => [id, decision]))).toEqual({
      [committed]: "committed",
      [rolledBack]: "rolled back",
      [byHand]: "undecided",
    });
    expect(await rows()).toBe(0);

    const resolved = await mdb("resolve", byHand, "commit", "--force", "-m", path);
    expect(resolved).toMatchObject({ code: 0, out: expect.stringMatching(/stock +committed +done/) });
    expect(await rows()).toBe(1);

    const recovered = await mdb("recover", "-m", path);
    expect(recovered).toMatchObject({ code: 0, errors: "" });
    expect(recovered.out).toMatch(new RegExp(`stock +committed +done +${committed}`));
    expect(recovered.out).toMatch(new RegExp(`stock +rolled back +done +${rolledBack}`));
    expect(await rows()).toBe(2);
    expect(await mdb("recover", "-m", path)).toMatchObject({ code: 0, out: "nothing is prepared\n" });
  });

  it("what another program has prepared is left alone", async () => {
    const { path } = await moduleWithStore();
    await using databases = new DatabaseManager({ stock: mariadb({ connectionString: server.url }) });
    const stock = databases.database("stock");
    await stock.withConnection(async (connection) => {
      for (const text of ["xa start 'other'", "insert into t values (9)", "xa end 'other'", "xa prepare 'other'"])
        await connection.execute(text);
    });
    stock.evictConnections();
    expect(await mdb("in-doubt", "-m", path)).toMatchObject({ code: 0, out: expect.stringContaining("foreign") });
    expect((await mdb("recover", "-m", path)).code).toBe(0);
    await stock.execute("xa rollback 'other'");
  });

  it("an outbox is shown, and its dead messages get another life", async () => {
    const { path } = await moduleWithStore();
    await using databases = new DatabaseManager({ stock: mariadb({ connectionString: server.url }) });
    const stock = databases.database("stock");
    const events = outbox(stock);
    await events.createTables();
    await databases.transaction("stock", () => events.add({ topic: "mail", key: "1", body: { secret: "tea" } }));
    await stock.execute(
      "insert into mdb_outbox_dead (lane, message_id, topic, message_key, body, dedupe_key, written_at, attempts, reason, died_at) values (1, '7', 'mail', 'a', '{}', '7', 0, 10, 'MDB_UNKNOWN', 0)",
    );
    const shown = await mdb("outbox", "stock", "-m", path);
    expect(shown).toMatchObject({ code: 0, out: expect.stringContaining("1 wait, 1 were given up") });
    const dead = JSON.parse((await mdb("outbox", "stock", "-m", path, "--dead", "--json")).out);
    expect(dead).toMatchObject([{ id: "7", topic: "mail", attempts: 10 }]);
    expect((await mdb("outbox", "stock", "-m", path, "--revive", "7")).out).toBe("1 have another life\n");
    expect((await mdb("outbox", "stock", "-m", path)).out).toContain("2 wait, 0 were given up");
  });
});
