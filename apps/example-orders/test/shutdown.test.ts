import { type ChildProcessByStdio, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { DatabaseManager } from "@nsj/mdb-core";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { auditOutbox } from "../src/audit/audit-outbox.ts";
import { openDatabases, type Places } from "../src/databases.ts";
import { scratchPlaces } from "./scratch-places.ts";

/** The program, as `pnpm example-orders` starts it. */
async function startProgram(environment: Readonly<Record<string, string>>) {
  const child: ChildProcessByStdio<null, Readable, Readable> = spawn(
    process.execPath,
    ["--conditions=mdb:source", "--disable-warning=ExperimentalWarning", join(import.meta.dirname, "../src/main.ts")],
    { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, PORT: "0", ...environment } },
  );
  onTestFinished(() => void child.kill("SIGKILL"));
  const errors = text(child.stderr);
  const ended = once(child, "close").then(async ([code, signal]) => ({ code, signal, errors: await errors }));
  const url = new Promise<string>((resolve) => {
    createInterface(child.stdout).on("line", (line) => {
      const found = /http:\/\/\S+\d/.exec(line)?.[0];
      if (found !== undefined) resolve(found);
    });
  });
  const early = ended.then((end) => Promise.reject(new Error(`the program ended: ${JSON.stringify(end)}`)));
  early.catch(() => {});
  return { url: await Promise.race([url, early]), ended, signal: (name: NodeJS.Signals) => child.kill(name) };
}

/** Orders again and again until the service is gone; gives the ids that it was told. */
async function orderUntilGone(url: string, onPlaced: () => void): Promise<readonly number[]> {
  const ids: number[] = [];
  for (;;) {
    const response = await fetch(`${url}/orders`, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": randomUUID() },
      body: JSON.stringify({ customerId: 1, lines: [{ productId: 1, quantity: 1 }] }),
    }).catch(() => undefined);
    if (response?.status !== 201) return ids;
    ids.push(((await response.json()) as { readonly id: number }).id);
    onPlaced();
  }
}

/** What the orders are, and what the audit was told of them once a service has carried over what was left. */
async function afterNextStart(places: Places) {
  const program = await startProgram({ ORDERS_URL: places.ordersUrl, AUDIT_FILE: places.auditFile });
  await using databases = openDatabases(places);
  await vi.waitFor(async () => expect(await auditOutbox(databases).size()).toBe(0), { timeout: 20_000 });
  const orders = await databases.database("orders").query<{ id: number }>("select id from orders order by id");
  const events = await databases
    .database("audit")
    .query<{ order_id: number }>("select order_id from events order by order_id");
  program.signal("SIGTERM");
  expect((await program.ended).code).toBe(0);
  return { orders: orders.map(({ id }) => id), told: events.map(({ order_id }) => order_id) };
}

/** A program with thirty clients, of which some have got their answers. */
async function underLoad(places: Places) {
  const program = await startProgram({ ORDERS_URL: places.ordersUrl, AUDIT_FILE: places.auditFile });
  let placed = 0;
  const underWay = Promise.withResolvers<void>();
  const clients = Array.from({ length: 30 }, () =>
    orderUntilGone(program.url, () => {
      if (++placed === 200) underWay.resolve();
    }),
  );
  await underWay.promise;
  return { program, promised: Promise.all(clients).then((ids) => ids.flat().toSorted((a, b) => a - b)) };
}

describe("SIGKILL under load", () => {
  it("loses no order that was promised, and tells each order that stands once", { timeout: 120_000 }, async () => {
    await using places = await scratchPlaces();
    const { program, promised } = await underLoad(places);
    program.signal("SIGKILL");
    const ids = await promised;
    await program.ended;
    const { orders, told } = await afterNextStart(places);
    // Those that nobody got an answer for may stand as well.
    expect(orders).toEqual(expect.arrayContaining([...ids]));
    expect(told).toEqual(orders);
  });
});

describe("SIGTERM under load", () => {
  it("answers what was accepted and loses no order that was promised, nor its event", {
    timeout: 120_000,
  }, async () => {
    await using places = await scratchPlaces();
    const { program, promised } = await underLoad(places);
    program.signal("SIGTERM");
    const ids = await promised;
    expect(await program.ended).toEqual({ code: 0, signal: null, errors: "" });
    expect(await afterNextStart(places)).toEqual({ orders: ids, told: ids });
  });

  it("that comes again, as package managers pass Ctrl+C on, cuts nothing off", async () => {
    await using places = await scratchPlaces();
    const program = await startProgram({ ORDERS_URL: places.ordersUrl, AUDIT_FILE: places.auditFile });
    await using databases: DatabaseManager = openDatabases(places);
    const orders = databases.database("orders");
    await using holder = await orders.getSession();
    await holder.execute("select 1 from products where id = 1 for update");
    const answer = fetch(`${program.url}/orders`, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": "patient" },
      body: JSON.stringify({ customerId: 1, lines: [{ productId: 1, quantity: 1 }] }),
    });
    await vi.waitFor(async () => {
      const waiting =
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
      expect(await orders.queryScalar(waiting)).toBe(1);
    }, 10_000);
    program.signal("SIGINT");
    await vi.waitFor(() => expect(fetch(`${program.url}/products`)).rejects.toThrow(), { timeout: 10_000 });
    program.signal("SIGINT");
    await holder.close();
    expect((await answer).status).toBe(201);
    expect(await program.ended).toEqual({ code: 0, signal: null, errors: "" });
  });

  it("ends the program with the databases that it started for itself", { timeout: 60_000 }, async () => {
    const program = await startProgram({ ORDERS_URL: undefined, AUDIT_FILE: undefined } as never);
    expect((await fetch(`${program.url}/products`)).status).toBe(200);
    const page = await fetch(`${program.url}/status/samples`);
    let seen = "";
    for await (const part of (page.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
      seen += part;
      // A page that looks on does not hold it up.
      if (seen.includes('"label":"orders"')) program.signal("SIGTERM");
    }
    expect(seen).toContain('"label":"orders"');
    expect(await program.ended).toEqual({ code: 0, signal: null, errors: "" });
  });
});

it("a wrong environment is told by name before anything starts", async () => {
  await expect(startProgram({ PORT: "many" })).rejects.toThrow(/the environment is wrong.*PORT/s);
});
