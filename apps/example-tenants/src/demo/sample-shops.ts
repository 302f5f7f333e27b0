import { ShopDao } from "../control/shop-dao.ts";
import type { Opened } from "../databases.ts";
import { Ground } from "../shops/ground.ts";
import type { KeyRing } from "../shops/key-ring.ts";
import type { Layout } from "../shops/layouts.ts";
import { signUp } from "../shops/sign-up.ts";

const samples: Readonly<Record<Layout, readonly string[]>> = {
  database: [
    "Ada's Antiques",
    "Bolt & Nut",
    "Corner Café",
    "Dolls' House",
    "East Wind Teas",
    "Fern & Moss",
    "Gable Books",
    "Hat Stand",
  ],
  schema: ["Ink Well", "Juniper Gin", "Kite Works", "Lamp Post", "Maple Syrups", "Northern Knits"],
  rows: ["Oak Toys", "Pearl Buttons", "Quill & Co", "Red Wagon", "Salt Box", "Tin Whistle"],
};

/** Shops to play with, with a database, a schema or rows of their own. */
export async function addSampleShops(opened: Opened, keys: KeyRing): Promise<void> {
  if (await new ShopDao(opened.databases.database("control")).exists({})) return;
  const ground = new Ground(opened, keys);
  for (const [layout, names] of Object.entries(samples)) {
    for (const name of names) await signUp(opened, ground, { id: idOf(name), name, layout: layout as Layout });
  }
}

function idOf(name: string): string {
  return name
    .normalize("NFD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9 ]/g, "")
    .trim()
    .replaceAll(/ +/g, "-");
}
