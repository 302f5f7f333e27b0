import { UnsupportedError } from "@nsj/mdb-core";
import { expect, it, onTestFinished } from "vitest";
import { errorOf, openShops } from "./support/shops.ts";

it("takes no part in transactions over several labels, and keeps no decisions: refused before anything is asked or sent", async () => {
  const bed = await openShops(["acme"]);
  onTestFinished(() => bed[Symbol.asyncDispose]());
  const { manager, shops, lookups } = bed;
  await shops.run("acme", async () => {
    for (const refused of [
      () => manager.transaction(["control", "shop"], async () => "never"),
      () => manager.prepareStore("shop"),
      () => manager.storeDdl("shop"),
    ]) {
      const error = await errorOf(refused);
      expect(error).toBeInstanceOf(UnsupportedError);
      expect(error.message).toContain('"shop"');
    }
  });
  expect(lookups).toEqual([]);
});

it("is left out by recovery, and so are its tenants", async () => {
  const bed = await openShops(["acme"]);
  onTestFinished(() => bed[Symbol.asyncDispose]());
  expect(await bed.manager.recover()).toEqual({ branches: [], unreachable: [] });
  expect(await bed.manager.inDoubt()).toEqual([]);
  expect(bed.lookups).toEqual([]);
});

it("knows of each tenant by itself whether the calling code is in its transaction", async () => {
  const bed = await openShops(["acme", "beta"]);
  onTestFinished(() => bed[Symbol.asyncDispose]());
  const { shop, shops } = bed;
  expect(shop.inTransaction).toBe(false);
  await shops.run("acme", async () => {
    expect(shop.inTransaction).toBe(false);
    await shop.transaction(async () => expect(shop.inTransaction).toBe(true));
    expect(shop.inTransaction).toBe(false);
  });
});
