import { DaoBase, defineTable, sql } from "@nsj/mdb-core";

/** A key that a client sends with its request, so that it may send the request again when no answer came. */
export interface IdempotencyKey {
  readonly key: string;
  /** Of the request's body. */
  readonly fingerprint: string;
  readonly orderId: number | null;
}

const keys = defineTable<IdempotencyKey>("idempotency_keys").primaryKey("key").columns({ orderId: "order_id" });

export class IdempotencyKeyDao extends DaoBase.for(keys) {
  /**
   * Takes a key for this transaction; `false` when it was used before. While another transaction has it and has not ended, this waits:
   * when that one rolls back, the key is ours.
   */
  async claim(key: string, fingerprint: string): Promise<boolean> {
    const { rowCount } = await this.executor.execute(
      sql`insert into ${this.table} (key, fingerprint) values (${key}, ${fingerprint}) on conflict do nothing`,
    );
    return rowCount === 1;
  }
}
