import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RunningService } from "./running-service.ts";

let service: RunningService;
beforeAll(async () => {
  service = await RunningService.start();
});
afterAll(() => service[Symbol.asyncDispose]());

const recount = (id: number, stock: number) =>
  service.send("POST", `/products/${id}/recount`, { stock, reason: "counted by hand" });
const recounts = () =>
  service.databases
    .database("audit")
    .query<{ product_id: number; stock_before: number; stock: number }>(
      "select product_id, stock_before, stock from recounts order by id",
    );

describe("a recount", () => {
  it("is in both databases, and leaves nothing prepared", async () => {
    await service.stock(1, 10);
    expect(await recount(1, 7)).toMatchObject({ status: 200, body: { id: 1, stock: 7 } });
    expect(await service.stockOf(1)).toBe(7);
    expect(await recounts()).toEqual([{ product_id: 1, stock_before: 10, stock: 7 }]);
    expect(await service.databases.inDoubt()).toEqual([]);
  });

  it("is in neither when one of them refuses", async () => {
    await service.stock(2, 10);
    const before = await recounts();
    await service.databases.database("audit").execute("alter table recounts rename to gone");
    expect((await recount(2, 7)).status).toBe(500);
    await service.databases.database("audit").execute("alter table gone rename to recounts");
    expect(await recount(99, 7)).toMatchObject({ status: 404, body: { code: "UNKNOWN_PRODUCT" } });
    expect([await service.stockOf(2), await recounts()]).toEqual([10, before]);
    expect(await service.databases.inDoubt()).toEqual([]);
  });

  it("of a crowd is one after another", async () => {
    await service.stock(3, 0);
    const answers = await Promise.all([1, 2, 3, 4].map((stock) => recount(3, stock)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const steps = (await recounts()).filter(({ product_id }) => product_id === 3);
    expect(steps).toHaveLength(4);
    expect(await service.stockOf(3)).toBe(steps.at(-1)?.stock);
  });
});
