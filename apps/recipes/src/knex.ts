import type { Database } from "@nsj/mdb-core";
import knex, { type Knex } from "knex";
// @ts-expect-error Knex has no declarations for its dialects
import PostgresClient from "knex/lib/dialects/postgres/index.js";

interface Query {
  readonly sql: string;
  readonly bindings?: readonly unknown[];
  response?: unknown;
}

/** Knex on one of our PostgreSQL databases: its queries run on our pool, and join the transaction that the calling code is in. */
export function knexOn(database: Database): Knex {
  class Client extends (PostgresClient as typeof Knex.Client) {
    override initializeDriver(): void {}
    override initializePool(): void {}
    override async acquireConnection(): Promise<object> {
      return {};
    }
    override async releaseConnection(): Promise<void> {}
    override async destroy(): Promise<void> {}
    override transaction(): never {
      throw new Error("use databases.transaction(): queries of Knex join it");
    }
    async _query(_connection: object, query: Query): Promise<Query> {
      const { rows, rowCount, columns } = await database.execute(
        this.positionBindings(query.sql),
        query.bindings ?? [],
      );
      const command = /^\s*(\w+)/.exec(query.sql)?.[1]?.toUpperCase();
      query.response = { rows, rowCount, command, fields: columns };
      return query;
    }
  }
  return knex({ client: Client });
}
