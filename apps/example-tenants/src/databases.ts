import { postgres, postgresDriver } from "@nsj/mdb-adapter-postgres";
import { DatabaseManager } from "@nsj/mdb-core";
import { tenants } from "@nsj/mdb-tenants";
import { ShopDao } from "./control/shop-dao.ts";
import type { KeyRing } from "./shops/key-ring.ts";
import type { ServerName } from "./shops/layouts.ts";
import { PlaceBook } from "./shops/place-book.ts";

/** Where a server is, as its superuser. */
export type ServerUrls = Readonly<Record<ServerName, string>>;

/** The login of the pools that shops share. */
export const sharedLogin = { user: "shops", database: "shared" } as const;

/** Connections to all databases of single shops together: fewer than there are such shops, so that the budget has something to do. */
const budget = 6;

/**
 * The databases of the service by label, and the handle for its shops. Nothing connects here.
 *
 * `shop` is the label of all shops, each call goes to the one in whose scope it is made. `yard` has the same shops by the place where they are or
 * will be, also while they are moved.
 */
export function openDatabases(urls: ServerUrls, sharedPassword: string, keys: KeyRing) {
  const places = new PlaceBook(urls, keys);
  const shops = tenants({
    driver: postgresDriver,
    resolve: async (id, { databases, signal }) => {
      const shop = await new ShopDao(databases.database("control")).findById(id, { signal });
      if (shop === undefined) return undefined;
      if (shop.state !== "active") return { unavailable: shop.state, retryAfterMs: 500 };
      return { ...places.placeOf(shop), version: shop.version };
    },
    list: () => new ShopDao(databases.database("control")).ids(),
    connections: budget,
    perTenant: { connections: 3, waiting: 100, statementTimeoutMs: 5_000 },
    open: 12,
    idleMs: 15_000,
  });
  const yard = tenants({
    driver: postgresDriver,
    resolve: async (id, { databases, signal }) => {
      const [shopId = "", server] = id.split("--");
      const shop = await new ShopDao(databases.database("control")).findById(shopId, { signal });
      return shop && places.placeOf({ ...shop, server: server as ServerName });
    },
    connections: 2,
    idleMs: 1_000,
  });
  const shared = (url: string) =>
    postgres({
      ...addressOf(url),
      ...sharedLogin,
      password: sharedPassword,
      // Each backend caches every schema that it has seen.
      pool: { max: 5, maxUses: 10_000, acquireTimeoutMs: 3_000 },
    });
  const superuser = (url: string) => postgres({ connectionString: databaseOf(url, "shared"), pool: { max: 2 } });
  const databases = new DatabaseManager({
    control: postgres({ connectionString: databaseOf(urls.north, "control"), pool: { max: 4 } }),
    north: shared(urls.north),
    south: shared(urls.south),
    northAdmin: superuser(urls.north),
    southAdmin: superuser(urls.south),
    shop: shops,
    yard,
  });
  return { databases, shops, yard };
}

/** What {@link openDatabases} gives. */
export type Opened = ReturnType<typeof openDatabases>;

/** Host and port of a URL. */
export function addressOf(url: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}

/** The URL of another database of the same server. */
export function databaseOf(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.href;
}
