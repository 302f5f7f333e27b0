import { DaoBase, defineTable } from "@nsj/mdb-core";
import type { Layout, ServerName } from "../shops/layouts.ts";

/** One shop, and where its data lives. */
export interface Shop {
  /** The tenant's id. */
  readonly id: string;
  readonly name: string;
  readonly layout: Layout;
  readonly server: ServerName;
  /** Sealed for this shop; `null` where it shares a login with others. */
  readonly password: string | null;
  /** Any word but `"active"` makes it unavailable. */
  readonly state: "active" | "opening" | "moving";
  /** Another place has another version. */
  readonly version: number;
}

const shops = defineTable<Shop>("shops").primaryKey("id").version("version");

export class ShopDao extends DaoBase.for(shops) {
  /** All ids, one after the other; never all in memory. */
  async *ids(): AsyncGenerator<string> {
    for await (const { id } of this.stream({}, { orderBy: { id: "asc" } })) yield id;
  }
}
