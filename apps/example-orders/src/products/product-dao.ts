import { DaoBase, defineTable, sql } from "@nsj/mdb-core";

export interface Product {
  readonly id: number;
  readonly sku: string;
  readonly name: string;
  readonly priceCents: number;
  readonly stock: number;
  readonly version: number;
}

const products = defineTable<Product>("products")
  .primaryKey("id")
  .generated("id")
  .version("version")
  .columns({ priceCents: "price_cents" });

export class ProductDao extends DaoBase.for(products) {
  /**
   * Reads products and keeps everybody else from changing them until the transaction ends. In the order of their ids, so that two orders
   * for the same goods wait for each other instead of ending in a deadlock.
   */
  async lock(ids: readonly number[]): Promise<ReadonlyMap<number, Product>> {
    const rows = await this.query(
      sql`select ${this.columns} from ${this.table} where id in (${sql.list(ids)}) order by id for update`,
    );
    return new Map(rows.map((product) => [product.id, product]));
  }

  /** Takes what an order's lines say out of the stock. */
  async takeFor(orderId: number): Promise<void> {
    await this.#move(orderId, sql`stock - l.quantity`);
  }

  /** Puts it back. */
  async putBackFrom(orderId: number): Promise<void> {
    await this.#move(orderId, sql`stock + l.quantity`);
  }

  async #move(orderId: number, stock: ReturnType<typeof sql>): Promise<void> {
    await this.executor.execute(
      sql`update ${this.table} set stock = ${stock}, version = version + 1
          from order_lines l where l.order_id = ${orderId} and l.product_id = ${this.table}.id`,
    );
  }
}
