import { existsSync } from "node:fs";
import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { loadRoutes } from "../src/demo/load-routes.ts";
import { RunningService } from "./running-service.ts";

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const flags = ["no-sandbox", "disable-gpu", "disable-quic", "no-first-run"];
const quiet = ["disable-background-networking", "disable-component-update", "disable-sync"];

let browser: Browser;
let service: RunningService;
beforeAll(async () => {
  if (executablePath === undefined) return;
  browser = await chromium.launch({ executablePath, args: [...flags, ...quiet].map((flag) => `--${flag}`) });
});
afterAll(() => browser?.close());
beforeEach(async (ctx) => {
  if (executablePath === undefined) return ctx.skip("there is no Chromium on this machine to open the page in");
  service = await RunningService.start({ more: loadRoutes });
});
afterEach(() => service?.[Symbol.asyncDispose]());

/** Opens the page; what it writes to the console, or throws, is in `complaints`. */
async function open(colorScheme: "light" | "dark" = "light", width = 1280) {
  const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
  onTestFinished(() => page.close());
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(service.url);
  await page.getByRole("article", { name: "orders" }).waitFor();
  return { page, complaints };
}

/** However busy the machine is. */
const eventually = <T>(look: () => Promise<T>) => expect.poll(look, { timeout: 20_000 });

const figure = (page: Page, pool: string, name: string) =>
  page.getByRole("article", { name: pool }).locator(`[data-text="${name}"]`);

describe("the status page", () => {
  it("shows each pool with its figures, as they are", async () => {
    const { page, complaints } = await open();
    const held = await service.databases.getSession("orders");
    await held.query("select 1");
    await eventually(() => figure(page, "orders", "busy").textContent()).toBe("1");
    await held.close();
    await eventually(() => figure(page, "orders", "busy").textContent()).toBe("0");
    const { max } = service.databases.database("audit").stats();
    expect(await figure(page, "audit", "ofMax").textContent()).toBe(`of ${max}`);
    expect(await figure(page, "audit", "engine").textContent()).toBe("sqlite");
    expect(await page.getByRole("status").textContent()).toBe("Live");
    expect(complaints).toEqual([]);
  });

  it("shows callers that wait, and how long statements take, once the button was pressed", async () => {
    const { page } = await open();
    await page.getByRole("button", { name: "Put load on it" }).click();
    await page.getByRole("button", { name: "Under load…" }).waitFor();
    await eventually(() => figure(page, "orders", "waiting").textContent()).not.toBe("0");
    await eventually(() => figure(page, "orders", "busy").textContent()).not.toBe("0");
    await eventually(() => figure(page, "orders", "p95").textContent()).toMatch(/\d/);
    await eventually(() => figure(page, "audit", "rate").textContent()).not.toBe("0");
  });

  it("shows what waits in the outbox, what is dead and what is in doubt, and revives the dead", async () => {
    const orders = service.databases.database("orders");
    await orders.execute(
      `insert into mdb_outbox_dead (lane, message_id, topic, message_key, body, dedupe_key, written_at, attempts, reason, died_at)
       values (1, 'm1', 'order placed', 'order 17', '{"orderId":17}', 'm1', 0, 10, 'ConnectionLostError MDB_CONNECTION_LOST', 0)`,
    );
    await orders.withConnection(async (connection) => {
      const client = connection.raw() as { query(text: string): Promise<unknown> };
      await client.query("begin");
      await client.query("insert into customers (email, name) values ('in@doubt', 'In doubt')");
      await client.query("prepare transaction 'somebody else'");
    });
    const { page, complaints } = await open();
    const work = page.getByRole("region", { name: "Work over both databases" });
    const shown = (name: string) => work.locator(`[data-text="${name}"]`).textContent();
    await eventually(() => shown("dead")).toBe("1");
    await eventually(() => shown("inDoubt")).toBe("1");
    const doubt = await work.getByRole("row", { name: /^orders foreign/ }).count();
    await orders.execute("rollback prepared 'somebody else'");
    expect(doubt).toBe(1);
    expect(await work.getByRole("row", { name: "order placed order 17 10 times" }).textContent()).toContain(
      "MDB_CONNECTION_LOST",
    );
    await eventually(() => shown("inDoubt")).toBe("0");
    await eventually(() => work.getByRole("img").getAttribute("aria-label")).toContain("Of 16 lanes 16 have a relay");
    await work.getByRole("button", { name: "Try them again" }).click();
    await eventually(() => shown("dead")).toBe("0");
    expect(await service.events()).toContain("order placed 17");
    expect(await work.getByRole("button").count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it("shows transactions that are open, and slow statements with their plans", async () => {
    const { page, complaints } = await open();
    const rows = (table: string) => page.getByRole("table", { name: table }).getByRole("row");
    const release = Promise.withResolvers<void>();
    const transaction = service.databases.transaction("orders", async (tx) => {
      await tx.query("select o.id from orders o, pg_sleep(0.2) where o.total_cents > :least", { least: 1 });
      await release.promise;
    });
    await eventually(() => rows("Open transactions").last().textContent()).toMatch(/orders.*required.*ms/);
    // A busy machine makes others slow as well.
    const slow = rows("Slow statements").filter({ hasText: "select o.id from orders o" }).first();
    await eventually(() => slow.textContent()).toMatch(/^.*orders.*ms/);
    await slow.locator("summary").click();
    await eventually(() => slow.locator("pre").textContent()).toContain("Seq Scan");
    release.resolve();
    await transaction;
    await eventually(() => rows("Open transactions").last().textContent()).toBe("None is open.");
    expect(complaints).toEqual([]);
  });

  it("says when the service is lost, and goes on by itself when it is back", async () => {
    const { page } = await open();
    const status = page.getByRole("status");
    const port = Number(new URL(service.url).port);
    await service[Symbol.asyncDispose]();
    await eventually(() => status.textContent()).toMatch(/does not answer since .+ Trying again/);
    await eventually(() => page.locator("#pools").getAttribute("data-stale")).toBe("");
    service = await RunningService.start({ port });
    await eventually(() => status.textContent()).toBe("Live");
    expect(await page.locator("#pools").getAttribute("data-stale")).toBeNull();
    // The one that came back is without the demonstration.
    await eventually(() => page.locator("#load").isHidden()).toBe(true);
    expect(await page.getByRole("article").count()).toBe(2);
  });

  it.each([
    ["light", 1280],
    ["dark", 390],
  ] as const)(
    "has no fault that axe finds, and fits its window, in %s colours %i pixels wide",
    async (scheme, width) => {
      const { page } = await open(scheme, width);
      await page.getByRole("region", { name: "Work over both databases" }).waitFor();
      await page.evaluate(axe.source);
      const faults = await page.evaluate(
        "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]))",
      );
      expect(faults).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    },
  );
});
