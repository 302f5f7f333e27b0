import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { DatabaseManager, sql } from "@nsj/mdb-core";
import { inbox } from "@nsj/mdb-outbox";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { newTable } from "../outbox-bed.ts";
import type { ServiceFacts } from "./place-order-once.ts";

type Start = (databases: DatabaseManager, facts: ServiceFacts) => Promise<{ url: string; close(): Promise<unknown> }>;

interface Answer {
  readonly status: number;
  readonly body: { readonly id?: number };
}

/** `inbox.once` behind an `Idempotency-Key`, over real HTTP. */
export function idempotencySuite(framework: "fastify" | "nestjs", start: Start): void {
  const connectionString = inject("postgresUrl");

  /** A table of orders, and of requests. */
  async function tables() {
    const table = newTable();
    const databases = new DatabaseManager({ orders: postgres({ connectionString }) });
    const orders = databases.database("orders");
    const requests = inbox(orders, { table: `${table}_in` });
    await requests.createTables();
    await orders.execute(`create table ${table} (id integer generated always as identity primary key, item text)`);
    onTestFinished(async () => {
      await orders.execute(`drop table ${table}, ${table}_in`);
      await databases.close();
    });
    const count = async (): Promise<number> =>
      Number(await orders.queryScalar(sql`select count(*) from ${sql.raw(table)}`));
    return { table, orders, requests, count };
  }

  /** A service in this process. */
  async function service(table: string, timeoutMs = 20_000): Promise<string> {
    const databases = new DatabaseManager({ orders: postgres({ connectionString, pool: { max: 5 } }) });
    const { url, close } = await start(databases, { table, timeoutMs });
    onTestFinished(async () => void (await close()));
    return url;
  }

  /** A service in a process of its own. */
  async function processOf(table: string) {
    const program = join(import.meta.dirname, "service-main.ts");
    const child = spawn(
      process.execPath,
      ["--conditions=mdb:source", program, framework, connectionString, table, "20000"],
      {
        stdio: ["ignore", "pipe", "inherit"],
        env: { PATH: process.env["PATH"], NODE_NO_WARNINGS: "1" },
      },
    );
    const ended = once(child, "exit");
    onTestFinished(async () => {
      child.kill("SIGKILL");
      await ended;
    });
    for await (const url of createInterface(child.stdout)) return { url, ended };
    throw new Error("the service did not start");
  }

  const order = async (url: string, key: string | undefined, item: string, crash?: string): Promise<Answer> => {
    const headers = {
      "content-type": "application/json",
      ...(key !== undefined && { "idempotency-key": key }),
      ...(crash !== undefined && { "x-crash": crash }),
    };
    const response = await fetch(`${url}/orders`, { method: "POST", headers, body: JSON.stringify({ item }) });
    return { status: response.status, body: (await response.json()) as Answer["body"] };
  };

  describe(`an idempotency key in ${framework}`, () => {
    it("gives twenty requests at once one effect and one answer", async () => {
      const { table, count } = await tables();
      const url = await service(table);
      const answers = await Promise.all(Array.from({ length: 20 }, () => order(url, "k", "tea")));
      expect(answers).toEqual(Array(20).fill({ status: 200, body: { id: 1, item: "tea" } }));
      expect(await count()).toBe(1);
      expect((await order(url, "K", "tea")).body.id).not.toBe(1);
    });

    it("is refused with another body, and missing", async () => {
      const { table, count } = await tables();
      const url = await service(table);
      await order(url, "k", "tea");
      expect((await order(url, "k", "milk")).status).toBe(422);
      expect((await order(url, undefined, "milk")).status).toBe(400);
      expect(await count()).toBe(1);
    });

    it("answers 409 while the first request is at it for too long, and its answer afterwards", async () => {
      const { table, orders, count } = await tables();
      const url = await service(table, 300);
      const session = await orders.getSession();
      await session.execute(`lock table ${table} in share mode`);
      const first = order(url, "k", "tea");
      const waiting = `select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like 'insert into ${table} %'`;
      while (Number(await orders.queryScalar(waiting)) === 0);
      expect((await order(url, "k", "tea")).status).toBe(409);
      await session.close();
      expect(await first).toMatchObject({ status: 200 });
      expect(await order(url, "k", "tea")).toEqual(await first);
      expect(await count()).toBe(1);
    });

    it.each(["inside", "after"])("has one effect although the process dies %s the transaction", async (crash) => {
      const { table, count } = await tables();
      const dying = await processOf(table);
      await expect(order(dying.url, "k", "tea", crash)).rejects.toThrow();
      await dying.ended;
      expect(await count()).toBe(crash === "inside" ? 0 : 1);
      const url = await service(table);
      const answers = [await order(url, "k", "tea"), await order(url, "k", "tea")];
      expect(answers).toEqual(Array(2).fill({ status: 200, body: { id: expect.any(Number), item: "tea" } }));
      expect(await count()).toBe(1);
    });

    it("is new again when it was forgotten", async () => {
      const { table, requests, count } = await tables();
      const url = await service(table);
      await order(url, "k", "tea");
      expect(await requests.forget(new Date(Date.now() - 60_000))).toBe(0);
      expect(await requests.forget(new Date(Date.now() + 60_000))).toBe(1);
      expect((await order(url, "k", "milk")).status).toBe(200);
      expect(await count()).toBe(2);
    });
  });
}
