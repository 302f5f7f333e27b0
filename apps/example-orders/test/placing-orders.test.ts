import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { RunningService } from "./running-service.ts";

let service: RunningService;
beforeAll(async () => {
  service = await RunningService.start();
});
afterAll(() => service[Symbol.asyncDispose]());

const orderCount = () => service.databases.database("orders").queryScalar<number>("select count(*) from orders");

describe("placing an order", () => {
  it("takes the goods, fixes their prices and writes to the audit once it stands", async () => {
    await service.stock(1, 10);
    const { status, body } = await service.order([
      [1, 3],
      [2, 1],
    ]);
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.any(Number),
      customerId: 1,
      status: "placed",
      totalCents: 3 * 490 + 840,
      placedAt: expect.any(String),
      version: expect.any(Number),
    });
    expect(await service.stockOf(1)).toBe(7);
    const lines = [
      { orderId: body.id, productId: 1, quantity: 3, priceCents: 490 },
      { orderId: body.id, productId: 2, quantity: 1, priceCents: 840 },
    ];
    expect(await service.get(`/orders/${body.id}`)).toEqual({ status: 200, body: { ...body, lines } });
    expect(await service.events()).toContain(`order placed ${body.id}`);
  });

  it("is refused as a whole when one product is short, and leaves nothing behind", async () => {
    await service.stock(1, 10);
    await service.stock(2, 2);
    const [before, events] = [await orderCount(), await service.events()];
    const answer = await service.order([
      [1, 1],
      [2, 3],
    ]);
    expect(answer).toEqual({
      status: 409,
      body: {
        statusCode: 409,
        code: "OUT_OF_STOCK",
        error: "Conflict",
        retryable: false,
        message: "there is not enough in stock",
        details: { products: [{ productId: 2, wanted: 3, inStock: 2 }] },
      },
    });
    expect([await orderCount(), await service.events()]).toEqual([before, events]);
    expect([await service.stockOf(1), await service.stockOf(2)]).toEqual([10, 2]);
  });

  it("never sells more than there is to a crowd", async () => {
    await service.stock(3, 20);
    const events = (await service.events()).length;
    const answers = await Promise.all(Array.from({ length: 50 }, () => service.order([[3, 1]])));
    const placed = answers.filter(({ status }) => status === 201);
    const refused = answers.filter(({ status, body }) => status === 409 && body.code === "OUT_OF_STOCK");
    expect([placed.length, refused.length, await service.stockOf(3)]).toEqual([20, 30, 0]);
    const told = (await service.events()).slice(events);
    expect(told.toSorted()).toEqual(placed.map(({ body }) => `order placed ${body.id}`).toSorted());
  });

  it("does not end in a deadlock when orders name the same goods in different orders", async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        service.order(
          index % 2 === 0
            ? [
                [4, 1],
                [5, 1],
              ]
            : [
                [5, 1],
                [4, 1],
              ],
        ),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
  });

  it("of a client that leaves while it waits comes to nothing, and gives the connection back", async () => {
    const orders = service.databases.database("orders");
    const before = await orderCount();
    await using holder = await orders.getSession();
    await holder.execute("select 1 from products where id = 6 for update");
    const client = new AbortController();
    const answer = fetch(`${service.url}/orders`, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": "left" },
      body: JSON.stringify({ customerId: 1, lines: [{ productId: 6, quantity: 1 }] }),
      signal: client.signal,
    });
    await vi.waitFor(async () => {
      const waiting =
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
      expect(await orders.queryScalar(waiting)).toBe(1);
    }, 10_000);
    client.abort();
    await expect(answer).rejects.toThrow();
    await vi.waitFor(() => expect(orders.stats().busy).toBe(1), 10_000);
    expect(await orderCount()).toBe(before);
  });
});

describe("an idempotency key", () => {
  it("places an order once, however often and at once it is sent", async () => {
    await service.stock(7, 10);
    const answers = await Promise.all(Array.from({ length: 20 }, () => service.order([[7, 1]], "once")));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([...Array(19).fill(200), 201]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(await service.stockOf(7)).toBe(9);
  });

  it("is refused with another request", async () => {
    await service.order([[1, 1]], "mine");
    expect(await service.order([[1, 2]], "mine")).toMatchObject({
      status: 422,
      body: { code: "IDEMPOTENCY_KEY_REUSED" },
    });
  });

  it("of an order that was refused can be used again", async () => {
    await service.stock(8, 0);
    expect((await service.order([[8, 1]], "again")).status).toBe(409);
    await service.stock(8, 1);
    expect((await service.order([[8, 1]], "again")).status).toBe(201);
  });
});

describe("cancelling an order", () => {
  const cancel = (id: number, version: number) => service.send("POST", `/orders/${id}/cancel`, { version });

  it("puts the goods back, once", async () => {
    await service.stock(1, 5);
    const { body: order } = await service.order([[1, 5]]);
    expect(await service.stockOf(1)).toBe(0);
    const answers = await Promise.all([1, 2, 3].map(() => cancel(order.id, order.version)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409]);
    expect(await service.stockOf(1)).toBe(5);
    expect((await service.events()).filter((event) => event === `order cancelled ${order.id}`)).toHaveLength(1);
    expect(await cancel(order.id, order.version)).toMatchObject({ status: 409, body: { code: "ALREADY_CANCELLED" } });
  });

  it("is refused for a version that is no longer the current one", async () => {
    const { body: order } = await service.order([[4, 1]]);
    expect(await cancel(order.id, order.version + 1)).toMatchObject({
      status: 409,
      body: { code: "MDB_STALE_ENTITY" },
    });
    expect((await service.get(`/orders/${order.id}`)).body.status).toBe("placed");
  });
});
