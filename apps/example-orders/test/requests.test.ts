import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RunningService } from "./running-service.ts";

let service: RunningService;
beforeAll(async () => {
  service = await RunningService.start();
});
afterAll(() => service[Symbol.asyncDispose]());

describe("a list", () => {
  it("comes in pages that neither repeat nor leave out, also while it grows", async () => {
    for (let count = 0; count < 7; count++) await service.order([[1, 1]]);
    const ids: number[] = [];
    let next = "";
    do {
      const { body } = await service.get(`/orders?limit=3${next}`);
      ids.push(...body.items.map(({ id }: { id: number }) => id));
      await service.order([[1, 1]]);
      next = body.next === undefined ? "" : `&after=${body.next}`;
    } while (next !== "");
    expect(ids).toEqual([7, 6, 5, 4, 3, 2, 1]);
  });

  it("of one customer's orders has no others", async () => {
    const { body: order } = await service.order([[1, 1]], undefined, 2);
    expect((await service.get("/orders?customerId=2")).body).toEqual({ items: [order] });
  });

  it("refuses a cursor that it did not give", async () => {
    expect(await service.get("/orders?after=nonsense")).toMatchObject({
      status: 400,
      body: { code: "MDB_INVALID_CURSOR" },
    });
  });
});

describe("a change of a product", () => {
  it("counts on from the version that was read, and is refused when that is no longer the current one", async () => {
    const { body } = await service.get("/products?limit=1");
    const [product] = body.items;
    const changed = { ...product, priceCents: 500, version: product.version + 1 };
    const change = () =>
      service.send("PATCH", `/products/${product.id}`, { version: product.version, priceCents: 500 });
    expect(await change()).toEqual({ status: 200, body: changed });
    expect(await change()).toEqual({
      status: 409,
      body: { statusCode: 409, code: "MDB_STALE_ENTITY", error: "Conflict", retryable: false },
    });
  });
});

describe("an error", () => {
  const order = (body: unknown) => service.send("POST", "/orders", body, { "idempotency-key": "wrong" });

  it("of the request says what is wrong with which field", async () => {
    const { status, body } = await order({ customerId: "1", lines: [], discount: 5 });
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: "INVALID_REQUEST", message: "the body of the request is wrong" });
    expect(body.details.issues.map(({ path }: { path: string }) => path)).toEqual(["customerId", "lines", ""]);
  });

  it.each([
    ["text that is no JSON", 400, "FST_ERR_CTP_INVALID_JSON_BODY", "{"],
    ["a customer that does not exist", 422, "MDB_FOREIGN_KEY_VIOLATION", [99, 1]],
    ["a product that does not exist", 422, "UNKNOWN_PRODUCT", [1, 99]],
  ])("for %s has its status and code", async (_what, status, code, what) => {
    const [customerId, productId] = what as [number, number];
    const body = typeof what === "string" ? what : { customerId, lines: [{ productId, quantity: 1 }] };
    expect(await order(body)).toMatchObject({ status, body: { statusCode: status, code } });
  });

  it("for a missing key, an unknown order, an address that is taken and an unknown path has the same shape", async () => {
    const shape = (statusCode: number, code: string) => ({ status: statusCode, body: { statusCode, code } });
    const without = await service.send("POST", "/orders", { customerId: 1, lines: [{ productId: 1, quantity: 1 }] });
    expect(without).toMatchObject(shape(400, "INVALID_REQUEST"));
    expect(await service.get("/orders/999")).toMatchObject(shape(404, "UNKNOWN_ORDER"));
    expect(await service.get("/nowhere")).toMatchObject(shape(404, "NOT_FOUND"));
    const taken = await service.send("POST", "/customers", { email: "ada@example.org", name: "Ada" });
    expect(taken).toEqual({
      status: 409,
      body: { statusCode: 409, code: "MDB_UNIQUE_VIOLATION", error: "Conflict", retryable: false },
    });
  });

  it("never shows what the database said", async () => {
    await service.databases.database("audit").execute("alter table events rename to gone");
    try {
      const { status, body } = await service.get("/audit");
      expect(status).toBe(500);
      expect(body).toEqual({
        statusCode: 500,
        code: "MDB_UNDEFINED_OBJECT",
        error: "Internal Server Error",
        retryable: false,
      });
      // The order stands although its event cannot be written: that waits.
      expect((await service.order([[1, 1]])).status).toBe(201);
    } finally {
      await service.databases.database("audit").execute("alter table gone rename to events");
    }
  });
});

it("the health route says that both databases are up", async () => {
  const up = { status: "up", latencyMs: expect.any(Number) };
  expect(await service.get("/health")).toEqual({
    status: 200,
    body: { status: "up", databases: { orders: up, audit: up } },
  });
});
