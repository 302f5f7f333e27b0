import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { PoolEvent, QueryEvent, TransactionEvent } from "@nsj/mdb-core";
import type { TenantEvent } from "@nsj/mdb-tenants";
import { expect, it, onTestFinished } from "vitest";
import { openShops, type Shops, whose } from "./support/shops.ts";

/** What is told on a channel by the manager of one test. */
function told<E extends { readonly manager: number }>(channel: string, { manager }: Shops): readonly E[] {
  const events: E[] = [];
  const listen = (event: unknown): void => {
    if ((event as E).manager === manager.number) events.push(event as E);
  };
  subscribe(channel, listen);
  onTestFinished(() => void unsubscribe(channel, listen));
  return events;
}

it("tells of each tenant that is opened, moved and closed, with the label, the manager and the reason", async () => {
  await using it = await openShops(["acme", "bolt"], { idleMs: 1_000 });
  const events = told<TenantEvent>("mdb:tenant", it);
  const { shops, shop, places, own, clock, manager } = it;
  await shops.run("acme", () => whose(shop));
  places.set("acme", own("bolt"));
  await shops.refresh("acme");
  await clock.advance(2_000);
  const about = { database: "shop", manager: manager.number, tenant: "acme" };
  expect(events).toEqual([
    { ...about, type: "opened" },
    { ...about, type: "moved" },
    { ...about, type: "evicted", reason: "idle" },
  ]);
});

it("names the tenant in the events of statements, transactions and pools, and where the statement went", async () => {
  await using it = await openShops(["acme"]);
  const { shops, shop, places } = it;
  places.set("bolt", { on: "shared", settings: { tenant: "bolt" } });
  const queries = told<QueryEvent>("tracing:mdb:query:asyncEnd", it);
  const transactions = told<TransactionEvent>("tracing:mdb:transaction:asyncEnd", it);
  const pools = told<PoolEvent>("mdb:pool:event", it);
  for (const id of ["acme", "bolt"]) {
    await shops.run(id, async () => {
      await shop.query("select 1");
      await shop.transaction((tx) => tx.query("select 2"));
    });
  }
  const seen = (statement: string) => queries.filter((it) => it.statement === statement);
  for (const statement of ["select 1", "select 2"]) {
    expect(seen(statement).map(({ database, key, target }) => [database, key, target.address])).toEqual([
      // The label itself has no address.
      ["shop", "acme", "memory"],
      ["shop", "bolt", "memory"],
    ]);
  }
  expect(transactions.map(({ database, key }) => [database, key])).toEqual([
    ["shop", "acme"],
    ["shop", "bolt"],
  ]);
  // A pool that is shared is another label's, and knows nobody.
  const released = pools.filter(({ type }) => type === "released").map(({ database, key }) => [database, key]);
  expect(released).toEqual([
    ["shop", "acme"],
    ["shop", "acme"],
    ["shared", undefined],
    ["shared", undefined],
  ]);
});

it("names no tenant in an event of a call outside of a scope", async () => {
  await using it = await openShops(["acme"]);
  const failed = told<QueryEvent & { readonly error?: unknown }>("tracing:mdb:query:error", it);
  await it.shop.query("select 1").catch(() => {});
  expect(failed.map(({ database, key }) => [database, key])).toEqual([["shop", undefined]]);
});
