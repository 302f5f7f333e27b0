import { describe, expect, it } from "vitest";
import { errorOf, openShops, whose } from "./support/shops.ts";
import { settled } from "./support/test-clock.ts";

const ids = Array.from({ length: 30 }, (_, index) => `t${index}`);

describe("each", () => {
  it("works for every tenant in its scope, few at a time, and closes what it has opened", async () => {
    await using it = await openShops(ids);
    const { shops, shop } = it;
    await shops.run("t3", () => whose(shop));
    let running = 0;
    let most = 0;
    const seen: string[] = [];
    const report = await shops.each(
      async (tenant) => {
        most = Math.max(most, ++running);
        expect(shops.current()).toBe(tenant);
        seen.push(await whose(shop));
        running--;
      },
      { ids, concurrency: 4, perServer: 3 },
    );
    expect(report).toMatchObject({ total: 30, done: 30, failed: [], failures: 0, skipped: 0 });
    expect(seen.sort()).toEqual([...ids].sort());
    expect(most).toBeLessThanOrEqual(3);
    expect(shops.stats().tenants).toMatchObject({ open: 1, evicted: { done: 29 } });
  });

  it("tells which failed, reads its ids as it goes, and stops after too many failures", async () => {
    let read = 0;
    async function* list() {
      for (const id of [...ids.slice(0, 3), "nobody", ...ids.slice(3)]) {
        read++;
        yield id;
      }
    }
    await using it = await openShops(ids, { list });
    const { shops, shop } = it;
    const report = await shops.each(() => whose(shop));
    expect(report).toMatchObject({ total: 31, done: 30, failures: 1, failed: [{ tenant: "nobody" }] });
    read = 0;
    const stopped = await shops.each(
      () => {
        throw new Error("no");
      },
      { stopAfterFailures: 2, concurrency: 1 },
    );
    expect(stopped).toMatchObject({ failures: 2, done: 0 });
    expect(read).toBeLessThan(5);
  });

  it("ends a tenant's work at its time, and everything at its signal", async () => {
    await using it = await openShops(ids.slice(0, 2));
    const { shops, clock } = it;
    const signals: AbortSignal[] = [];
    const hang = (_: string, { signal }: { readonly signal: AbortSignal }) => {
      signals.push(signal);
      return new Promise(() => {});
    };
    const report = shops.each(hang, { ids: ids.slice(0, 2), timeoutMs: 100 });
    await settled();
    await clock.advance(200);
    expect(await report).toMatchObject({ failures: 2, done: 0 });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
    const controller = new AbortController();
    const cancelled = errorOf(() => shops.each(hang, { ids, signal: controller.signal }));
    await settled();
    controller.abort(new Error("enough"));
    expect(await cancelled).toMatchObject({ code: "MDB_CANCELLED" });
    await settled();
    expect(shops.stats().tenants.open).toBe(0);
  });

  it("begins nothing while requests starve", async () => {
    await using it = await openShops(ids, { connections: 1 });
    const { shops, shop, clock } = it;
    const go = Promise.withResolvers<void>();
    const held = shops.run("t0", () => shop.transaction((tx) => whose(tx).then(() => go.promise)));
    await settled();
    await settled();
    const starving = shops.run("t1", () => whose(shop));
    await settled();
    let begun = 0;
    const each = shops.each(() => void begun++, { ids: ["t2"] });
    await clock.advance(100);
    expect(begun).toBe(0);
    go.resolve();
    await held;
    expect(await starving).toBe("t1");
    await clock.advance(100);
    await each;
    expect(begun).toBe(1);
  });

  it("refuses options that are wrong", async () => {
    await using it = await openShops([]);
    expect(await errorOf(() => it.shops.each(() => {}))).toMatchObject({ code: "MDB_CONFIGURATION" });
    expect(await errorOf(() => it.shops.each(() => {}, { ids: [], concurrency: 0 }))).toMatchObject({
      key: "concurrency",
    });
  });
});
