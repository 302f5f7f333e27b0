import { existsSync } from "node:fs";
import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { loadRoutes } from "../src/demo/load-routes.ts";
import { RunningService, TwoServers } from "./running-service.ts";

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const flags = ["no-sandbox", "disable-gpu", "disable-quic", "no-first-run"];
const quiet = ["disable-background-networking", "disable-component-update", "disable-sync"];

let browser: Browser;
let servers: TwoServers | undefined;
let service: RunningService;
beforeAll(async () => {
  if (executablePath === undefined) return;
  browser = await chromium.launch({ executablePath, args: [...flags, ...quiet].map((flag) => `--${flag}`) });
  servers = await TwoServers.start();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await servers?.[Symbol.asyncDispose]();
}, 60_000);
beforeEach(async (ctx) => {
  if (servers === undefined) return ctx.skip("there is no Chromium on this machine to open the page in");
  service = await RunningService.start(servers, { more: loadRoutes, ...(service && { keys: service.keys }) });
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
  await row(page, "acorn").waitFor();
  return { page, complaints };
}

/** However busy the machine is. */
const eventually = <T>(look: () => Promise<T>) => expect.poll(look, { timeout: 20_000 });
const row = (page: Page, id: string) => page.locator(`#shops [data-id="${id}"]`);
const figure = (page: Page, name: string) => page.locator(`main [data-text="${name}"]`);

describe("the page of the shops", () => {
  it("shows who is open, what the budget holds, and what happens, as it is", async () => {
    const { page, complaints } = await open();
    expect(await row(page, "clover").locator(".place").textContent()).toMatch(/own schema . (north|south)/);
    await eventually(() => row(page, "acorn").getAttribute("data-state")).toBe("closed");
    await service.order("acorn", "tea");
    await eventually(() => row(page, "acorn").getAttribute("data-state")).toBe("open");
    await eventually(() => row(page, "acorn").locator(".pieces .idle").count()).toBe(1);
    await eventually(() => figure(page, "used").textContent()).toBe("1");
    await eventually(() => page.locator("#happenings").textContent()).toContain("The acorn opened");
    expect(await page.getByRole("status").first().textContent()).toBe("Live");
    expect(complaints).toEqual([]);
  });

  it("moves a shop, rotates the key, counts and opens shops by its buttons, and says what came of it", async () => {
    const { page } = await open();
    const told = page.locator("#told");
    await page.getByRole("button", { name: "Move The daisy to the other server" }).click();
    await eventually(() => told.textContent()).toMatch(/The daisy is in the (north|south) now/);
    await eventually(() => page.locator("#happenings").textContent()).toContain("The daisy moved to the");
    await page.getByRole("button", { name: "Rotate the key" }).click();
    await eventually(() => told.textContent()).toContain("The key is k2 now");
    await page.getByRole("button", { name: "Count all orders" }).click();
    await eventually(() => told.textContent()).toMatch(/orders in \d+ shops/);
    await page.getByLabel("Name").fill("Ginger & Sons");
    await page.getByLabel("Data").selectOption("rows");
    await page.getByRole("button", { name: "Open a shop" }).click();
    await row(page, "ginger-sons").waitFor();
    await page.getByLabel("Name").fill("Ginger & Sons");
    await page.getByRole("button", { name: "Open a shop" }).click();
    await eventually(() => told.textContent()).toBe("That did not work: Conflict");
  });

  it("shows how shops share the budget once customers order", async () => {
    const { page } = await open();
    await page.getByRole("button", { name: "Let customers order" }).click();
    await page.getByRole("button", { name: "Customers order…" }).waitFor();
    await eventually(async () => Number(await figure(page, "used").textContent())).toBeGreaterThan(1);
    await eventually(async () => Number(await figure(page, "opened").textContent())).toBeGreaterThan(3);
  });

  it("says when the service is lost, and goes on by itself when it is back", async () => {
    const { page } = await open();
    const status = page.locator("#connection");
    const port = Number(new URL(service.url).port);
    await service[Symbol.asyncDispose]();
    await eventually(() => status.textContent()).toMatch(/does not answer since .+ Trying again/);
    await eventually(() => page.locator("main").getAttribute("data-stale")).toBe("");
    if (servers !== undefined) service = await RunningService.start(servers, { port, keys: service.keys });
    await eventually(() => status.textContent()).toBe("Live");
    expect(await page.locator("main").getAttribute("data-stale")).toBeNull();
    // The one that came back is without the demonstration.
    await eventually(() => page.locator("#load").isHidden()).toBe(true);
  });

  it.each([
    ["light", 1280],
    ["dark", 390],
  ] as const)(
    "has no fault that axe finds, and fits its window, in %s colours %i pixels wide",
    async (scheme, width) => {
      const { page } = await open(scheme, width);
      await page.evaluate(axe.source);
      const faults = await page.evaluate(
        "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]))",
      );
      expect(faults).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    },
  );
});
