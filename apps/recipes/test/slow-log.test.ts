import { Writable } from "node:stream";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { DatabaseManager } from "@nsj/mdb-core";
import { pino } from "pino";
import { expect, it } from "vitest";
import { logSlowStatements } from "../src/slow-log.ts";

it("writes slow statements into pino's log, without values", async () => {
  await using databases = new DatabaseManager({ orders: sqlite({ filename: ":memory:" }) });
  await databases.database("orders").execute("create table orders (id integer primary key, customer text)");
  const lines: string[] = [];
  const into = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  using _watch = logSlowStatements(databases, pino(into), 0);
  await databases.database("orders").query("select * from orders where customer = :name", { name: "Ada" });
  await expect.poll(() => lines).toHaveLength(1);
  expect(lines[0]).not.toContain("Ada");
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    level: 40,
    msg: "slow statement",
    database: "orders",
    statement: "select * from orders where customer = ?",
    plan: { scans: ["orders"] },
  });
});
