import { postgres } from "@nsj/mdb-adapter-postgres";
import type { Place } from "@nsj/mdb-tenants";
import type { Shop } from "../control/shop-dao.ts";
import type { KeyRing } from "./key-ring.ts";
import type { ServerName } from "./layouts.ts";

/** The name of a shop's database, role or schema. */
export function ownName(id: string): string {
  return `shop_${id}`;
}

/** Says where shops live: the whole difference between the three layouts. */
export class PlaceBook {
  readonly #urls: Readonly<Record<ServerName, string>>;
  readonly #keys: KeyRing;

  constructor(urls: Readonly<Record<ServerName, string>>, keys: KeyRing) {
    this.#urls = urls;
    this.#keys = keys;
  }

  placeOf({ id, layout, server, password }: Shop): Exclude<Place, { readonly unavailable: string }> {
    // Rows are told apart by policies that read the setting; a schema is reached by the search path, with a role that may nothing else.
    if (layout === "rows") return { on: server, settings: { "app.tenant": id } };
    if (layout === "schema") return { on: server, schema: ownName(id), role: ownName(id) };
    const { hostname, port } = new URL(this.#urls[server]);
    const database = postgres({
      host: hostname,
      port: Number(port),
      user: ownName(id),
      database: ownName(id),
      // Opened at each connect, and kept nowhere.
      password: () => this.#keys.secrets.open(password ?? "", { tenant: id, field: "password" }),
      pool: { acquireTimeoutMs: 3_000 },
    });
    return { database };
  }
}
