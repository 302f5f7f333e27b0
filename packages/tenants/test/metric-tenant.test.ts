import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { PoolEvent, QueryEvent } from "@nsj/mdb-core";
import { describe, expect, it, onTestFinished } from "vitest";
import { openShops } from "./support/shops.ts";

const ids = ["gold-acme", "gold-bolt", "free-core"];
const planOf = (id: string): string => id.split("-")[0] as string;

async function openWith(metricTenant: ((id: string) => string) | undefined, tenants: readonly string[] = ids) {
  const bed = await openShops(tenants, metricTenant && { metricTenant });
  onTestFinished(() => bed[Symbol.asyncDispose]());
  return bed;
}

/** What the process warns of until the end of the test. */
function warnings(): readonly string[] {
  const said: string[] = [];
  const listen = (warning: Error & { code?: string }): void => {
    if (warning.code === "MDB_METRIC_TENANT") said.push(warning.message);
  };
  process.on("warning", listen);
  onTestFinished(() => void process.off("warning", listen));
  return said;
}

function heard<T>(name: string): readonly T[] {
  const events: T[] = [];
  const listen = (event: unknown): void => void events.push(event as T);
  subscribe(name, listen);
  onTestFinished(() => void unsubscribe(name, listen));
  return events;
}

describe("what metrics are told of tenants", () => {
  it("is nothing by default", async () => {
    const { shops, shop, manager } = await openWith(undefined);
    const queries = heard<QueryEvent>("tracing:mdb:query:end");
    for (const id of ids) await shops.run(id, () => shop.query("select 1"));
    expect(manager.stats()["shop"]).not.toHaveProperty("groups");
    expect(queries.filter((it) => it.group !== undefined)).toEqual([]);
  });

  it("is the group of each, in events and sums, also of those that are closed by now", async () => {
    const { shops, shop, manager } = await openWith(planOf);
    const queries = heard<QueryEvent>("tracing:mdb:query:end");
    const pools = heard<PoolEvent>("mdb:pool:event");
    for (const id of ids) {
      await shops.run(id, async () => {
        await shop.query("select 1");
        await shop.transaction(() => shop.query("select 2"));
      });
    }
    const groups = new Set(queries.filter(({ key }) => key !== undefined).map(({ key, group }) => `${key} ${group}`));
    expect(groups).toEqual(new Set(ids.map((id) => `${id} ${planOf(id)}`)));
    expect(new Set(pools.filter(({ key }) => key !== undefined).map(({ group }) => group))).toEqual(
      new Set(["gold", "free"]),
    );
    await shops.each(async () => {}, { ids });
    const whole = manager.stats()["shop"];
    expect(whole?.groups).toMatchObject({ gold: { acquired: 4 }, free: { acquired: 2 } });
    expect(whole?.acquired).toBe(6);
  });

  it("has at most 50 groups, and says once that there are more", async () => {
    const said = warnings();
    const many = Array.from({ length: 53 }, (_, index) => `t${index}`);
    const { shops, shop, manager } = await openWith((id) => id, many);
    for (const id of many) await shops.run(id, () => shop.query("select 1"));
    const groups = Object.keys(manager.stats()["shop"]?.groups ?? {});
    expect(groups).toHaveLength(51);
    expect(groups).toContain("other");
    expect(groups).not.toContain("t52");
    await new Promise(setImmediate);
    expect(said).toEqual([expect.stringContaining("more than 50")]);
  });

  const wrong: readonly (readonly [string, () => unknown, string])[] = [
    [
      "throws",
      () => {
        throw new Error("no plan");
      },
      "no plan",
    ],
    ["gives nothing", () => undefined, "no text"],
    ["gives an empty text", () => "", "no text"],
    ["gives a promise", () => Promise.reject(new Error("late")), "no text"],
  ];

  it.each(wrong)('is "other" where the function %s, and the tenant is served', async (_, metricTenant, words) => {
    const said = warnings();
    const { shops, shop, manager } = await openWith(metricTenant as () => string);
    for (const id of ids) await shops.run(id, () => shop.query("select 1"));
    expect(Object.keys(manager.stats()["shop"]?.groups ?? {})).toEqual(["other"]);
    await new Promise(setImmediate);
    expect(said).toEqual([expect.stringContaining(words)]);
  });
});
