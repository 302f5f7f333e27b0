import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mariadb, mysql } from "@nsj/mdb-adapter-mysql";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { DatabaseManager, sql } from "@nsj/mdb-core";
import { mysqlNeeded } from "@nsj/mdb-wire-servers";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { beginRollback } from "../src/index.ts";
import { rollbackSuite } from "./support/rollback-suite.ts";

rollbackSuite("SQLite in memory", () => ({
  orders: sqlite({ filename: ":memory:" }),
  audit: sqlite({ filename: ":memory:" }),
}));

describe("in a folder", () => {
  const folder = mkdtempSync(join(tmpdir(), "mdb-testing-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  rollbackSuite("SQLite in files", () => ({
    orders: sqlite({ filename: join(folder, "orders.db") }),
    audit: sqlite({ filename: join(folder, "audit.db") }),
  }));
});

describe("in two schemas", () => {
  const connectionString = inject("postgresUrl");
  const names = ["a", "b"].map((it) => `rollback_${it}_${randomBytes(4).toString("hex")}`) as [string, string];
  const admin = new DatabaseManager({ main: postgres({ connectionString }) });
  const all = async (text: "create" | "drop"): Promise<void> => {
    for (const name of names)
      await admin.database("main").execute(sql`${sql.raw(text)} schema ${sql.identifier(name)}`);
  };
  beforeAll(() => all("create"));
  afterAll(async () => {
    await all("drop");
    await admin.close();
  });
  rollbackSuite("PostgreSQL", () => ({
    orders: postgres({ connectionString, schema: names[0] }),
    audit: postgres({ connectionString, schema: names[1] }),
  }));

  it("stops on the server what still runs at the end of a test", async () => {
    await using databases = new DatabaseManager({ orders: postgres({ connectionString }) });
    const name = `/* ${names[0]} */ select pg_sleep(60)`;
    const running = () =>
      admin
        .database("main")
        .queryScalar<number>(
          sql`select count(*)::int from pg_stat_activity where state = 'active' and query = ${name}`,
        );
    const test = beginRollback(databases, ["orders"]);
    const sleeping = databases.database("orders").query(name);
    sleeping.catch(() => {});
    await expect.poll(running).toBe(1);
    await test.rollback();
    await expect(sleeping).rejects.toThrow();
    expect(await running()).toBe(0);
  });
});

const mysqlUrl = inject("mysqlUrl");
if (mysqlUrl === "") it.skip(`MariaDB: ${mysqlNeeded}`);
else {
  describe("in two databases", () => {
    const names = ["a", "b"].map((it) => `rollback_${it}_${randomBytes(4).toString("hex")}`) as [string, string];
    const factory = mysqlUrl.startsWith("mariadb:") ? mariadb : mysql;
    const admin = new DatabaseManager({ main: factory({ connectionString: mysqlUrl }) });
    const all = async (text: "create" | "drop"): Promise<void> => {
      for (const name of names)
        await admin.database("main").execute(sql`${sql.raw(text)} database ${sql.identifier(name)}`);
    };
    beforeAll(() => all("create"));
    afterAll(async () => {
      await all("drop");
      await admin.close();
    });
    const at = (name: string): string => Object.assign(new URL(mysqlUrl), { pathname: `/${name}` }).href;
    rollbackSuite("MariaDB", () => ({
      orders: factory({ connectionString: at(names[0]) }),
      audit: factory({ connectionString: at(names[1]) }),
    }));
  });
}
