import { randomBytes } from "node:crypto";
import { type Database, sql } from "@nsj/mdb-core";
import type { Shop } from "../control/shop-dao.ts";
import type { Opened } from "../databases.ts";
import { ordersTable } from "../orders/order-dao.ts";
import type { KeyRing } from "./key-ring.ts";
import type { ServerName } from "./layouts.ts";
import { ownName } from "./place-book.ts";

/** Prepares the ground for a shop on a server, and clears it: what the library leaves to its applications. */
export class Ground {
  readonly #opened: Opened;
  readonly #keys: KeyRing;

  constructor(opened: Opened, keys: KeyRing) {
    this.#opened = opened;
    this.#keys = keys;
  }

  /** The sealed password of a new shop, where its layout has one. */
  async passwordFor({ id, layout }: Pick<Shop, "id" | "layout">): Promise<string | null> {
    if (layout !== "database") return null;
    return this.#keys.secrets.seal(randomBytes(24).toString("hex"), { tenant: id, field: "password" });
  }

  /** Makes the shop's database, or its schema, with an empty table of orders; rows need nothing. */
  async prepare(shop: Shop, server: ServerName): Promise<void> {
    const { id, layout, password } = shop;
    const admin = this.#admin(server);
    const name = sql.identifier(ownName(id));
    if (layout === "schema") {
      await admin.execute(sql`create role ${name} nologin`);
      await admin.execute(sql`grant ${name} to shops`);
      await admin.execute(sql`create schema ${name} authorization ${name}`);
    }
    if (layout === "database") {
      const open = await this.#keys.secrets.open(password ?? "", { tenant: id, field: "password" });
      // No statement of this kind takes parameters; these are hexadecimal digits of our own.
      await admin.execute(sql`create role ${name} login password ${sql.raw(`'${open}'`)}`);
      await admin.execute(sql`create database ${name} owner ${name}`);
    }
    if (layout === "rows") return;
    await using own = await this.use(shop, server);
    await own.execute(ordersTable);
  }

  /** Removes what a shop has on a server. Nothing is there any more afterwards, however little there was. */
  async clear(shop: Shop, server: ServerName): Promise<void> {
    const { id, layout } = shop;
    const admin = this.#admin(server);
    const name = sql.identifier(ownName(id));
    if (layout === "rows") await admin.execute(sql`delete from orders where shop = ${id}`);
    if (layout === "schema") await admin.execute(sql`drop schema if exists ${name} cascade`);
    if (layout === "database") await admin.execute(sql`drop database if exists ${name} with (force)`);
    if (layout !== "rows") await admin.execute(sql`drop role if exists ${name}`);
  }

  /** The database of a shop at one of its places, also while it is moved: `await using`. */
  async use({ id }: Shop, server: ServerName) {
    const { yard } = this.#opened;
    const place = `${id}--${server}`;
    // It may still be open from the last time, with a password that was sealed with a key that is gone.
    await yard.refresh(place);
    return yard.use(place);
  }

  #admin(server: ServerName): Database {
    return this.#opened.databases.database(server === "north" ? "northAdmin" : "southAdmin");
  }
}
