import { z } from "zod";
import { type Shop, ShopDao } from "../control/shop-dao.ts";
import type { Opened } from "../databases.ts";
import { Refusal } from "../http/refusal.ts";
import type { Routes } from "../http/validation.ts";
import { OrderDao } from "../orders/order-dao.ts";
import { Ground } from "./ground.ts";
import type { KeyRing } from "./key-ring.ts";
import { layouts } from "./layouts.ts";
import { moveShop } from "./move-shop.ts";
import { OneAtATime } from "./one-at-a-time.ts";
import { rotateKey } from "./rotate-key.ts";
import { signUp } from "./sign-up.ts";

const newShop = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{1,29}$/, "2 to 30 of a-z, 0-9 and -, a letter first"),
  name: z.string().trim().min(1).max(100),
  layout: z.enum(layouts),
});
const shopParams = z.object({ shop: z.string() });

/** What the operator of the shops does. There is no login in this example; a real service has one here. */
export function shopRoutes(opened: Opened, keys: KeyRing): Routes {
  const { databases, shops } = opened;
  const ground = new Ground(opened, keys);
  const changes = new OneAtATime();

  return async (app) => {
    const control = new ShopDao(databases.database("control"));
    app.addHook("preClose", () => changes.settled());

    app.get("/shops", async () => ({ items: (await control.findAll()).map(publicOf) }));

    app.post("/shops", { schema: { body: newShop } }, async ({ body }, reply) => {
      const shop = await changes.run(() => signUp(opened, ground, body));
      return reply.code(201).header("location", `/shops/${shop.id}`).send(publicOf(shop));
    });

    app.post("/shops/:shop/move", { schema: { params: shopParams } }, ({ params }) =>
      changes.run(async () => {
        const shop = await control.findById(params.shop);
        if (shop === undefined) throw new Refusal(404, "UNKNOWN_SHOP", "there is no such shop");
        return publicOf(await moveShop(opened, ground, shop));
      }),
    );

    app.post("/keys", () => changes.run(() => rotateKey(opened, keys)));

    // Goes through all shops, few at a time, behind the requests; closes those that it has opened.
    app.post("/count", async ({ clientGone }) => {
      const counts: Record<string, number> = {};
      const orders = new OrderDao(databases.database("shop"));
      const work = async (id: string) => {
        counts[id] = await orders.count({});
      };
      const { failed, ...report } = await shops.each(work, { concurrency: 4, timeoutMs: 10_000, signal: clientGone });
      const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
      return { ...report, failed: failed.map(({ tenant }) => tenant), orders: all, counts };
    });
  };
}

/** A shop as anybody may see it: without its password, sealed as it is. */
function publicOf({ password, ...shop }: Shop) {
  return { ...shop, hasLogin: password !== null };
}
