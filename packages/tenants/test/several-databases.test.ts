import { randomBytes } from "node:crypto";
import { postgres, postgresDriver } from "@nsj/mdb-adapter-postgres";
import { sqlite, sqliteDriver } from "@nsj/mdb-adapter-sqlite";
import { type Database, DatabaseManager, ParameterError, PartialCommitError, UnsupportedError } from "@nsj/mdb-core";
import { NoTenantError, type Place, tenants, UnknownTenantError } from "@nsj/mdb-tenants";
import { type RunningPostgres, startPostgres } from "@nsj/mdb-wire-servers";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, onTestFinished } from "vitest";
import { errorOf, openShops } from "./support/shops.ts";

/** The database of decisions, and of tenants of their own, is on the server of the run; the tenants that share are on another one. */
const suffix = randomBytes(4).toString("hex");
const owner = postgresDriver.parseUrl(inject("postgresUrl"));
const names = { control: `control_${suffix}`, own: `own_${suffix}` };
const admin = new DatabaseManager({ main: postgres(owner) });
const control = () => postgres({ ...owner, database: names.control });
const ids = ["acme", "bolt"] as const;
let server: RunningPostgres;

beforeAll(async () => {
  server = await startPostgres(["max_prepared_transactions=8"]);
  for (const name of Object.values(names)) await admin.database("main").execute(`create database ${name}`);
  await using setup = new DatabaseManager({
    control: control(),
    own: postgres({ ...owner, database: names.own }),
    shard: postgres(postgresDriver.parseUrl(server.url)),
  });
  for (const label of ["control", "own"] as const) await setup.database(label).execute("create table t (id int)");
  await setup.prepareStore("control");
  for (const id of ids) {
    await setup.database("shard").execute(`create schema ${id}`);
    await setup.database("shard").execute(`create table ${id}.t (id int unique deferrable initially deferred)`);
  }
  await setup.database("shard").execute("create role reader");
});

afterAll(async () => {
  for (const name of Object.values(names)) await admin.database("main").execute(`drop database ${name} with (force)`);
  await admin.close();
  await server.stop();
});

const places = new Map<string, Place>();

beforeEach(() => {
  for (const id of ids) places.set(id, { on: "shard", schema: id, settings: { "app.tenant": id } });
  places.set("alone", postgres({ ...owner, database: names.own }));
  places.set("reader", { on: "shard", schema: "acme", role: "reader" });
});

function open() {
  const lookups: string[] = [];
  const resolve = (id: string): Place | undefined => {
    lookups.push(id);
    return places.get(id);
  };
  const shops = tenants({ driver: postgresDriver, resolve });
  const manager = new DatabaseManager(
    { control: control(), shard: postgres(postgresDriver.parseUrl(server.url)), shop: shops },
    // Only when a test says so.
    { recovery: { everyMs: Number.POSITIVE_INFINITY } },
  );
  onTestFinished(() => manager.close({ timeoutMs: 0 }));
  return { shops, manager, shop: manager.database("shop"), shard: manager.database("shard"), lookups };
}

const insert = (id: number): string => `insert into t values (${id})`;
const rowsOf = (database: Database, table = "t") =>
  database.query<{ id: number }>(`select id from ${table} order by id`).then((rows) => rows.map(({ id }) => id));
let lastId = 0;

describe("a tenant of a shared pool in an atomic transaction over several labels", () => {
  it("commits with the others, in its own context, by a decision in the other database", async () => {
    const { shops, manager, shop, shard } = open();
    const id = ++lastId;
    await shops.run("acme", () =>
      manager.transaction(["shop", "control"], async ({ shop: tx, control }) => {
        await control.execute(insert(id));
        await tx.execute(insert(id));
        // No handle: found by label and tenant.
        expect(await shop.queryScalar("select count(*) from t where id = $1", [id])).toBe(1);
        expect(await tx.queryScalar("select current_setting('app.tenant')")).toBe("acme");
      }),
    );
    expect(await rowsOf(shard, "acme.t")).toContain(id);
    expect(await rowsOf(shard, "bolt.t")).toEqual([]);
    expect(await rowsOf(manager.database("control"))).toContain(id);
    const [branches] = await manager
      .database("control")
      .query<{ branches: string }>("select branches from mdb_decisions order by decided_at desc limit 1");
    // What recovery is to look at, before it forgets a decision.
    expect(JSON.parse(branches?.branches ?? "")).toMatchObject([{ label: "shard" }]);
    expect(await shard.queryScalar("select nullif(current_setting('app.tenant', true), '')")).toBeNull();
    expect(shops.stats("acme")).toMatchObject({ uses: 0 });
  });

  it("rolls back with the others, whoever fails: the work, a constraint at the end, another database", async () => {
    const { shops, manager, shard } = open();
    const id = ++lastId;
    const failing: readonly ((tx: {
      shop: Pick<Database, "execute">;
      control: Pick<Database, "execute">;
    }) => Promise<void>)[] = [
      async () => Promise.reject(new Error("no more")),
      async ({ shop }) => void (await shop.execute(insert(id))),
      async ({ control }) => void (await control.execute("select 1 / 0")),
    ];
    for (const fail of failing) {
      const failed = errorOf(() =>
        shops.run("acme", () =>
          manager.transaction(["control", "shop"], async (both) => {
            await both.control.execute(insert(id));
            await both.shop.execute(insert(id));
            await fail(both);
          }),
        ),
      );
      expect(await failed).toBeInstanceOf(Error);
    }
    expect(await rowsOf(shard, "acme.t")).not.toContain(id);
    expect(await rowsOf(manager.database("control"))).not.toContain(id);
    expect(await manager.inDoubt()).toEqual([]);
    expect(shops.stats("acme")).toMatchObject({ uses: 0 });
  });

  it("keeps the tenant open, and stays its own when that moves meanwhile", async () => {
    const { shops, manager, shard } = open();
    const id = ++lastId;
    await shops.run("acme", () =>
      manager.transaction(["control", "shop"], async (both) => {
        await both.control.execute(insert(id));
        places.set("acme", { on: "shard", schema: "bolt" });
        await shops.refresh("acme");
        await both.shop.execute(insert(id));
        expect(shops.stats("acme")).toMatchObject({ leaving: 1 });
      }),
    );
    expect(await rowsOf(shard, "acme.t")).toContain(id);
    expect(shops.stats("acme")).toMatchObject({ leaving: 0, uses: 0 });
  });

  it("needs a scope and a tenant, and its own transaction to be begun by it", async () => {
    const { shops, manager, shop, lookups } = open();
    const run = () => manager.transaction(["control", "shop"], async () => "never");
    expect(await errorOf(run)).toBeInstanceOf(NoTenantError);
    expect(lookups).toEqual([]);
    expect(await errorOf(() => shops.run("nobody", run))).toBeInstanceOf(UnknownTenantError);
    expect(await errorOf(() => shops.run("acme", () => shop.transaction(run)))).toMatchObject({
      code: "MDB_TRANSACTION_STATE",
    });
    await shops.run("acme", () =>
      manager.transaction(["control", "shop"], async () => {
        expect(shop.inTransaction).toBe(true);
        expect(await errorOf(() => shops.run("bolt", () => {}, { switch: true }))).toMatchObject({
          code: "MDB_TENANT_MISMATCH",
        });
      }),
    );
  });

  it("never decides: recovery would have to know every tenant to find the decision", async () => {
    const { shops, manager } = open();
    await shops.run("acme", async () => {
      const asked = errorOf(() => manager.transaction(["control", "shop"], async () => "never", { decider: "shop" }));
      expect(await asked).toBeInstanceOf(ParameterError);
      expect(await manager.transaction(["shop"], ({ shop }) => shop.queryScalar("select 7"))).toBe(7);
    });
  });

  it("is looked for under its pool's label: under its own are those with a database of their own", async () => {
    const { manager, lookups } = open();
    for (const label of ["shop", "shard"] as const) {
      expect(await manager.recover({ labels: [label] })).toEqual({ branches: [], unreachable: [] });
    }
    expect(lookups).toEqual([]);
  });

  it("takes part in its role", async () => {
    const { shops, manager, shard } = open();
    const id = ++lastId;
    await shard.execute("grant usage on schema acme to reader");
    await shard.execute("grant insert on acme.t to reader");
    await shops.run("reader", () =>
      manager.transaction(["shop", "control"], async ({ shop, control }) => {
        await control.execute(insert(id));
        await shop.execute(insert(id));
        expect(await shop.queryScalar("select current_user")).toBe("reader");
      }),
    );
    expect(await rowsOf(shard, "acme.t")).toContain(id);
    expect(await manager.inDoubt()).toEqual([]);
  });
});

describe("a tenant with a database of its own", () => {
  it("takes part in what says that it is best effort", async () => {
    const { shops, manager, shop } = open();
    const id = ++lastId;
    const both = (work: () => Promise<void>) =>
      shops.run("alone", () =>
        manager.transaction(
          ["control", "shop"],
          async ({ control, shop: tx }) => {
            await control.execute(insert(id));
            await tx.execute(insert(id));
            await work();
          },
          { mode: "best-effort" },
        ),
      );
    await both(async () => {});
    expect(await shops.run("alone", () => rowsOf(shop))).toContain(id);
    const failed = await errorOf(() => both(() => Promise.reject(new Error("no more"))));
    expect(failed).not.toBeInstanceOf(PartialCommitError);
    expect((await shops.run("alone", () => rowsOf(shop))).filter((it) => it === id)).toHaveLength(1);
    expect(shops.stats("alone")).toMatchObject({ uses: 0 });
  });
});

describe("on an engine that cannot prepare", () => {
  it("takes no part, and keeps no decisions: refused before anything is asked or sent", async () => {
    const lookups: string[] = [];
    const resolve = (id: string) => {
      lookups.push(id);
      return sqlite({ filename: ":memory:" });
    };
    const shops = tenants({ driver: sqliteDriver, resolve });
    const manager = new DatabaseManager({ control: control(), shop: shops });
    onTestFinished(() => manager.close());
    await shops.run("acme", async () => {
      for (const refused of [
        () => manager.transaction(["control", "shop"], async () => "never"),
        () => manager.prepareStore("shop"),
        () => manager.storeDdl("shop"),
      ]) {
        const error = await errorOf(refused);
        expect(error).toBeInstanceOf(UnsupportedError);
        expect(error.message).toContain("shop");
      }
    });
    expect(lookups).toEqual([]);
  });

  it("is left out by recovery, and so are its tenants", async () => {
    const bed = await openShops(["acme"]);
    onTestFinished(() => bed[Symbol.asyncDispose]());
    expect(await bed.manager.recover()).toEqual({ branches: [], unreachable: [] });
    expect(await bed.manager.inDoubt()).toEqual([]);
    expect(bed.lookups).toEqual([]);
  });
});

it("knows of each tenant by itself whether the calling code is in its transaction", async () => {
  const bed = await openShops(["acme", "beta"]);
  onTestFinished(() => bed[Symbol.asyncDispose]());
  const { shop, shops } = bed;
  expect(shop.inTransaction).toBe(false);
  await shops.run("acme", async () => {
    expect(shop.inTransaction).toBe(false);
    await shop.transaction(async () => expect(shop.inTransaction).toBe(true));
    expect(shop.inTransaction).toBe(false);
  });
});
