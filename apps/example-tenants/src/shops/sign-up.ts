import { type Shop, ShopDao } from "../control/shop-dao.ts";
import type { Opened } from "../databases.ts";
import type { Ground } from "./ground.ts";
import { type Layout, type ServerName, serverNames } from "./layouts.ts";

/** Who wants to have a shop. */
export interface NewShop {
  readonly id: string;
  readonly name: string;
  readonly layout: Layout;
}

/** Opens a shop on the server that has fewer: all of it or, where a step fails, nothing. An id that is taken is a 409 by itself. */
export async function signUp({ databases, shops }: Opened, ground: Ground, wanted: NewShop): Promise<Shop> {
  const control = new ShopDao(databases.database("control"));
  const server = await emptierServer(control);
  // First, so that nobody else gets the id; and not active, so that nobody works there yet.
  const password = await ground.passwordFor(wanted);
  const shop = await control.insert({ ...wanted, server, password, state: "opening" });
  try {
    await ground.prepare(shop, server);
    const open = await control.update(shop.id, { state: "active", version: shop.version });
    // Somebody may have asked for it before, and been told that there is none.
    await shops.refresh(shop.id);
    return open;
  } catch (error) {
    await ground.clear(shop, server);
    await control.delete(shop.id);
    throw error;
  }
}

async function emptierServer(control: ShopDao): Promise<ServerName> {
  const [north = 0, south = 0] = await Promise.all(serverNames.map((server) => control.count({ server })));
  return south < north ? "south" : "north";
}
