import { ShopDao } from "../control/shop-dao.ts";
import type { Opened } from "../databases.ts";
import type { KeyRing } from "./key-ring.ts";

/**
 * Seals every password anew with a new key, then drops the old one. Requests go on meanwhile. One change at a time: a shop that was opened beside it
 * could be sealed with a key that is gone.
 */
export async function rotateKey({ databases, shops }: Opened, keys: KeyRing) {
  keys.add();
  const { current: key, secrets } = keys;
  const control = new ShopDao(databases.database("control"));
  let resealed = 0;
  for (const { id, password, version } of await control.findBy({ layout: "database" })) {
    if (password === null || secrets.keyOf(password) === key) continue;
    await control.update(id, { password: await secrets.reseal(password, { tenant: id, field: "password" }), version });
    // An open shop opens its password at each connect: from now on the new one. Its connections stay.
    await shops.refresh(id);
    resealed++;
  }
  keys.dropOld();
  return { key, resealed };
}
