// A strict TypeScript program against the published declarations.
import { mssql } from "@nsj/mdb-adapter-mssql";
import { mariadb, mysql } from "@nsj/mdb-adapter-mysql";
import { oracle } from "@nsj/mdb-adapter-oracle";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { DatabaseManager, type Executor, isMdbError, type PoolStats, sql } from "@nsj/mdb-core";

interface User {
  readonly id: number;
  readonly name: string;
}

export const databases = new DatabaseManager({
  orders: postgres({ host: "localhost", pool: { max: 20 }, types: { bigint: "string" } }),
  billing: mssql({ server: "localhost" }),
  shop: mysql({ host: "localhost", database: "shop", pool: { max: 5 } }),
  forum: mariadb({ connectionString: "mariadb://localhost/forum" }),
  erp: oracle({ connectString: "localhost/FREEPDB1" }),
  audit: sqlite({ filename: ":memory:" }),
});

export async function adults(executor: Executor): Promise<readonly User[]> {
  return executor.query(sql<User>`select id, name from users where age >= ${18}`);
}

export async function main(): Promise<PoolStats | undefined> {
  try {
    await databases.transaction("orders", async (tx) => {
      const users: readonly User[] = await adults(tx);
      return users.length;
    });
    // @ts-expect-error No such label.
    databases.database("ordres");
    // @ts-expect-error An option that does not exist.
    databases.transaction("audit", async () => 1, { isolatoin: "serializable" });
    // @ts-expect-error An option of the pool with the wrong type.
    sqlite({ filename: "a.db", pool: { max: "many" } });
  } catch (error) {
    if (isMdbError(error)) return databases.database("audit").stats();
    throw error;
  }
  return undefined;
}
