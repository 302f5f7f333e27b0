import { channel } from "node:diagnostics_channel";
import { type Shop, ShopDao } from "../control/shop-dao.ts";
import type { Opened } from "../databases.ts";
import type { Ground } from "./ground.ts";
import type { ServerName } from "./layouts.ts";

/** What subscribers of the channel `shops:moved` get. */
export interface Moved {
  readonly shop: string;
  readonly to: ServerName;
}

const movedChannel = channel("shops:moved");

/**
 * Moves a shop to the other server while requests run. New work is told to come again, running work ends, the orders are copied, and new work goes to
 * the new place. Where a step fails the shop stays where it is.
 */
export async function moveShop({ databases, shops }: Opened, ground: Ground, shop: Shop): Promise<Shop> {
  const control = new ShopDao(databases.database("control"));
  const from = shop.server;
  const to: ServerName = from === "north" ? "south" : "north";
  const moving = await control.update(shop.id, { state: "moving", version: shop.version });
  try {
    // Resolves when nobody works in the old place any more.
    await shops.refresh(shop.id);
    await ground.clear(shop, to);
    await ground.prepare(shop, to);
    await copyOrders(ground, shop, from, to);
  } catch (error) {
    await control.update(shop.id, { state: "active", version: moving.version });
    await shops.refresh(shop.id);
    throw error;
  }
  const moved = await control.update(shop.id, { state: "active", server: to, version: moving.version });
  await shops.refresh(shop.id);
  movedChannel.publish({ shop: shop.id, to } satisfies Moved);
  await ground.clear(shop, from);
  return moved;
}

type Row = { readonly id: string; readonly item: string; readonly quantity: number; readonly placed_at: Date };

async function copyOrders(ground: Ground, shop: Shop, from: ServerName, to: ServerName): Promise<void> {
  await using source = await ground.use(shop, from);
  await using target = await ground.use(shop, to);
  await target.transaction(async (tx) => {
    let batch: Row[] = [];
    const write = async (): Promise<void> => {
      if (batch.length > 0) await tx.executeMany(insertion, batch);
      batch = [];
    };
    for await (const row of source.stream<Row>("select id, item, quantity, placed_at from orders")) {
      if (batch.push(row) === 500) await write();
    }
    await write();
  });
}

const insertion = "insert into orders (id, item, quantity, placed_at) values (:id, :item, :quantity, :placed_at)";
