import { randomBytes } from "node:crypto";
import { postgres, postgresDriver } from "@nsj/mdb-adapter-postgres";
import { DatabaseManager } from "@nsj/mdb-core";
import { tenants } from "@nsj/mdb-tenants";
import { pgbouncer, type RunningPgbouncer, startPgbouncer } from "@nsj/mdb-wire-servers";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { errorOf } from "./support/shops.ts";

if (pgbouncer === undefined) {
  it("keeps tenants apart behind PgBouncer", (context) => context.skip("there is no pgbouncer on this machine"));
} else {
  behind(pgbouncer);
}

function behind(path: string): void {
  const suffix = randomBytes(4).toString("hex");
  const owner = postgresDriver.parseUrl(inject("postgresUrl"));
  const admin = new DatabaseManager({ main: postgres(owner) });
  const main = admin.database("main");
  const ids = ["acme", "bolt"] as const;
  const schemaOf = (id: string): string => `${id}_${suffix}`;
  const everything =
    "select concat_ws(' ', current_schema(), current_setting('app.tenant', true), current_user, (select name from whose)) as seen";
  const nothing =
    "select concat_ws(' ', current_schema(), nullif(current_setting('app.tenant', true), ''), current_user)";
  const seenBy = (id: string): string => `${schemaOf(id)} ${id} ${schemaOf(id)} ${id}`;
  let pooler: RunningPgbouncer;

  beforeAll(async () => {
    // One connection of the server, over which everybody goes.
    pooler = await startPgbouncer(path, inject("postgresUrl"), 1);
    for (const id of ids) {
      await main.execute(`create role ${schemaOf(id)}`);
      await main.execute(`create schema ${schemaOf(id)} authorization ${schemaOf(id)}`);
      await main.execute(`create table ${schemaOf(id)}.whose as select '${id}' as name`);
      await main.execute(`alter table ${schemaOf(id)}.whose owner to ${schemaOf(id)}`);
    }
  });
  afterAll(async () => {
    await pooler.stop();
    for (const id of ids) {
      await main.execute(`drop schema ${schemaOf(id)} cascade`);
      await main.execute(`drop role ${schemaOf(id)}`);
    }
    await admin.close();
  });

  function open() {
    const shops = tenants({
      driver: postgresDriver,
      resolve: (id) => ({ on: "shard", schema: schemaOf(id), role: schemaOf(id), settings: { "app.tenant": id } }),
    });
    const bounced = { ...owner, host: "127.0.0.1", port: pooler.port, preparedStatements: false, pool: { max: 8 } };
    const manager = new DatabaseManager({ shard: postgres(bounced), shop: shops });
    return { shops, manager, shop: manager.database("shop"), shard: manager.database("shard") };
  }

  describe("tenants behind PgBouncer in transaction mode, on one connection of the server", () => {
    it("never see each other's settings, schema or role, and nobody else sees any of them", async () => {
      const { shops, manager, shop, shard } = open();
      await using _ = manager;
      const read = (from: Pick<typeof shop, "queryScalar">) => from.queryScalar<string>(everything);
      const nobody = `public ${owner.user}`;
      const work = async (id: string, index: number): Promise<void> => {
        const expected = seenBy(id);
        expect(await read(shop)).toBe(expected);
        expect(await shop.transaction(async (tx) => [await read(tx), await read(tx)])).toEqual([expected, expected]);
        switch (index % 5) {
          case 0:
            expect(await errorOf(() => shop.query("select 1 / 0"))).toMatchObject({ code: "MDB_VALUE" });
            break;
          case 1:
            await errorOf(() => shop.transaction((tx) => read(tx).then(() => Promise.reject(new Error("no more")))));
            break;
          case 2:
            await errorOf(() => shop.query("select pg_sleep(60)", [], { timeoutMs: 50 }));
            break;
          case 3:
            for await (const row of shop.stream<{ seen: string }>(`${everything} union all select 'second'`)) {
              expect(row.seen).toBe(expected);
              break;
            }
            break;
          default:
            await shop.withSession(async (session) => {
              expect(await read(session)).toBe(expected);
              await session.commit();
              expect(await read(session)).toBe(expected);
            });
        }
        expect(await read(shop)).toBe(expected);
        expect(await shard.queryScalar(nothing)).toBe(nobody);
      };
      const calls = Array.from({ length: 30 }, (_, index) => {
        const id = ids[index % 2] as string;
        return shops.run(id, () => work(id, index));
      });
      await Promise.all(calls);
      expect(await shard.queryScalar(nothing)).toBe(nobody);
    });

    it("take turns on it in transactions that are open at the same time", async () => {
      const { shops, manager, shop } = open();
      await using _ = manager;
      // The pooler lends its one connection for the length of a transaction, so that these end one after the other.
      const seen = await Promise.all(
        Array.from({ length: 12 }, (_, index) => ids[index % 2] as string).map((id) =>
          shops.run(id, () =>
            shop.transaction(async (tx) => {
              const both = [await tx.queryScalar<string>(everything), await tx.queryScalar<string>(everything)];
              expect(both).toEqual([seenBy(id), seenBy(id)]);
              return tx.queryScalar<number>("select pg_backend_pid()");
            }),
          ),
        ),
      );
      expect(new Set(seen).size, "connections of the server").toBe(1);
    });
  });
}
