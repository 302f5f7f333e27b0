import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ShopDao } from "../src/control/shop-dao.ts";
import { layouts } from "../src/shops/layouts.ts";
import { RunningService, shopsOf, TwoServers } from "./running-service.ts";

let servers: TwoServers;
let service: RunningService;
beforeAll(async () => {
  servers = await TwoServers.start();
  service = await RunningService.start(servers);
}, 120_000);
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await servers[Symbol.asyncDispose]();
}, 60_000);

const all = layouts.flatMap((layout) => shopsOf[layout]);
const control = () => new ShopDao(service.opened.databases.database("control"));
const serverOf = async (id: string) => (await control().findById(id))?.server;

describe("orders", () => {
  it("are those of the shop of the path, whatever keeps it apart from others, in lists and in streams", async () => {
    const placed = await Promise.all(
      all.map((shop) => Promise.all([service.order(shop, `tea of ${shop}`), service.order(shop, `cup of ${shop}`)])),
    );
    expect(new Set(placed.flat().map(({ status }) => status))).toEqual(new Set([201]));
    for (const shop of all) {
      expect(await service.itemsOf(shop)).toEqual([`cup of ${shop}`, `tea of ${shop}`]);
      const { body } = await service.get(`/shops/${shop}/orders.csv`);
      expect(body.split("\n").sort()).toEqual(["", `"cup of ${shop}",1`, `"tea of ${shop}",1`, "item,quantity"]);
    }
  });

  it("of a shop that is none, or has no id, are a 404 and a 400", async () => {
    expect(await service.get("/shops/nobody/orders")).toMatchObject({
      status: 404,
      body: { code: "MDB_UNKNOWN_TENANT" },
    });
    expect(await service.get("/shops/no%20body/orders")).toMatchObject({
      status: 400,
      body: { code: "MDB_TENANT_MISSING" },
    });
    expect((await service.get("/shops/acorn/nowhere")).status).toBe(404);
  });

  it("that are wrong say so", async () => {
    expect(await service.order("acorn", "", 0)).toMatchObject({ status: 400, body: { code: "INVALID_REQUEST" } });
  });
});

describe("a sign-up", () => {
  it.each(layouts)("opens a shop that is there at once, with %s", async (layout) => {
    const id = `new-${layout}`;
    expect((await service.get(`/shops/${id}/orders`)).status).toBe(404);
    const { status, body } = await service.post("/shops", { id, name: "New", layout });
    expect([status, body.state]).toEqual([201, "active"]);
    expect(JSON.stringify(body)).not.toContain("mdb1.");
    expect((await service.order(id, "first")).status).toBe(201);
    expect(await service.itemsOf(id)).toEqual(["first"]);
  });

  it("is refused for an id that is taken, or is none", async () => {
    const ask = (id: string) => service.post("/shops", { id, name: "Again", layout: "rows" });
    expect(await ask("acorn")).toMatchObject({ status: 409, body: { code: "MDB_UNIQUE_VIOLATION" } });
    expect((await ask("Not An Id")).status).toBe(400);
  });

  it("that fails leaves nothing behind, and may be made again", async () => {
    const { databases } = service.opened;
    for (const admin of ["northAdmin", "southAdmin"] as const) {
      await databases.database(admin).execute("create schema shop_clash");
    }
    const ask = () => service.post("/shops", { id: "clash", name: "Clash", layout: "schema" });
    expect((await ask()).status).toBe(500);
    expect(await control().findById("clash")).toBeUndefined();
    for (const admin of ["northAdmin", "southAdmin"] as const) {
      await databases.database(admin).execute("drop schema if exists shop_clash");
    }
    expect((await ask()).status).toBe(201);
  });
});

describe("a move", () => {
  it.each(layouts)("loses no order while requests run, there and back (%s)", { timeout: 120_000 }, async (layout) => {
    const [shop] = shopsOf[layout];
    const before = await service.itemsOf(shop);
    const from = await serverOf(shop);
    const end = new AbortController();
    const placed: string[] = [];
    const refused = new Set<unknown>();
    const customers = Array.from({ length: 6 }, async (_, customer) => {
      for (let number = 0; !end.signal.aborted && number < 12; number++) {
        const item = `${customer}-${number}`;
        const { status, retryAfter, body } = await service.order(shop, item);
        if (status === 201) placed.push(item);
        else refused.add(`${status} ${body.code} ${retryAfter}`);
        await pause(5);
      }
    });
    await vi.waitFor(() => expect(placed.length).toBeGreaterThan(3), { timeout: 30_000 });
    const there = await service.post(`/shops/${shop}/move`);
    expect([there.status, there.body.server === from]).toEqual([200, false]);
    expect(await serverOf(shop)).toBe(there.body.server);
    expect((await service.post(`/shops/${shop}/move`)).body.server).toBe(from);
    end.abort();
    await Promise.all(customers);
    expect(await service.itemsOf(shop)).toEqual([...before, ...placed].sort());
    // Who came in between was told to come again.
    expect([...refused].filter((it) => !/^503 MDB_\w+ 1$/.test(String(it)))).toEqual([]);
  });

  it("of a shop that is none is a 404", async () => {
    expect(await service.post("/shops/nobody/move")).toMatchObject({ status: 404, body: { code: "UNKNOWN_SHOP" } });
  });
});

describe("a rotation of the key", () => {
  it("seals every password anew, closes no shop, and leaves none that does not open", async () => {
    const { shops } = service.opened;
    expect((await service.order("acorn", "before")).status).toBe(201);
    const { body } = await service.post("/keys");
    expect(body).toEqual({ key: "k2", resealed: expect.any(Number) });
    const sealed = (await control().findBy({ layout: "database" })).map(({ password }) => password ?? "");
    expect(body.resealed).toBe(sealed.length);
    expect(new Set(sealed.map((it) => service.keys.secrets.keyOf(it)))).toEqual(new Set(["k2"]));
    expect((await service.order("acorn", "after")).status).toBe(201);
    // A new connection is opened with the new secret: of a shop that is open, and of one that is not.
    await shops.run("acorn", async () => service.opened.databases.database("shop").evictConnections());
    expect((await service.order("acorn", "later")).status).toBe(201);
    expect((await service.order("bramble", "after")).status).toBe(201);
    expect((await service.post("/shops/acorn/move")).status).toBe(200);
  });
});

describe("going through all shops", () => {
  it("counts the orders of each, and says which could not be asked", async () => {
    const { items } = (await service.get("/shops")).body;
    const { status, body } = await service.post("/count");
    expect(status).toBe(200);
    expect(body).toMatchObject({ total: items.length, done: items.length, failed: [], skipped: 0 });
    const one = await service.itemsOf("elder");
    expect(body.counts.elder).toBe(one.length);
    await control().update("fern", { state: "moving", version: (await control().findById("fern"))?.version ?? 0 });
    await service.opened.shops.refresh("fern");
    expect((await service.post("/count")).body.failed).toEqual(["fern"]);
    await control().update("fern", { state: "active", version: (await control().findById("fern"))?.version ?? 0 });
    await service.opened.shops.refresh("fern");
  });
});

it("no connection is held after all of this", async () => {
  const { shops, databases } = service.opened;
  await vi.waitFor(
    () => {
      const pools = [shops.stats().pools, databases.database("north").stats(), databases.database("south").stats()];
      expect(pools.map(({ busy, waiting, leaks }) => [busy, waiting, leaks])).toEqual(Array(3).fill([0, 0, 0]));
    },
    { timeout: 10_000 },
  );
});
