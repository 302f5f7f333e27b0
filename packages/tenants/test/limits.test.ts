import { StatementTimeoutError } from "@nsj/mdb-core";
import { expect, it } from "vitest";
import { errorOf, openShops, type Shops } from "./support/shops.ts";
import { settled } from "./support/test-clock.ts";

const slow = "select sleep(5000)";

/** Every way in which a tenant's statement is sent. */
const ways: Readonly<Record<string, (shop: Shops["shop"]) => Promise<unknown>>> = {
  "by itself": (shop) => shop.query(slow),
  "in a transaction": (shop) => shop.transaction((tx) => tx.query(slow)),
  "in a transaction, found by its scope": (shop) => shop.transaction(() => shop.query(slow)),
  "in a session": (shop) => shop.withSession((session) => session.query(slow)),
  "in a held transaction": async (shop) => {
    await using held = await shop.begin();
    await held.query(slow);
  },
  "on a connection": (shop) => shop.withConnection((connection) => connection.query(slow)),
  "as a stream": async (shop) => {
    for await (const _ of shop.stream(slow));
  },
};

it.each(Object.keys(ways))("a limit for every statement of a tenant holds %s", async (way) => {
  await using it = await openShops(["acme"], { perTenant: { statementTimeoutMs: 500 } });
  const { shops, shop, places, clock } = it;
  places.set("bolt", { on: "shared", settings: { tenant: "bolt" } });
  for (const id of ["acme", "bolt"]) {
    let ended = "it still runs";
    const error = shops
      .run(id, () => errorOf(() => ways[way]?.(shop)))
      .then((found) => {
        ended = found instanceof StatementTimeoutError ? "it was stopped" : String(found);
      });
    await settled();
    await clock.advance(499);
    expect(ended, id).toBe("it still runs");
    await clock.advance(1);
    // The server is told, and answers.
    for (let round = 0; round < 20; round++) await settled();
    expect(ended, id).toBe("it was stopped");
    await error;
  }
});
