/** Uses tenants, or labels, that are open or come for the first time, and prints how long that takes. Needs `--expose-gc`. */
import { postgres, postgresDriver } from "@nsj/mdb-adapter-postgres";
import { sqlite, sqliteDriver } from "@nsj/mdb-adapter-sqlite";
import { type Database, DatabaseManager } from "@nsj/mdb-core";
import { tenants } from "@nsj/mdb-tenants";
import { collectYoungGarbage } from "../measure/collect-garbage.ts";
import { expectThat } from "../measure/expect.ts";

const [contestant = "", url = "", ...counts] = process.argv.slice(2);
const [calls = 200_000, firsts = 100] = counts.map(Number);
const isTenants = contestant !== "a label each";
const server = postgresDriver.parseUrl(url);
const open = 100;
const idOf = (index: number): string => `tenant_${index}`;
const ask = (database: Database): Promise<number> => database.queryScalar<number>("select 1");

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** One read of a database in memory, each time of another one that is open. In microseconds. */
async function readOpen(): Promise<number> {
  const shops = tenants({ driver: sqliteDriver, resolve: () => sqlite({ filename: ":memory:" }) });
  const manager: DatabaseManager = new DatabaseManager({ shop: shops });
  const shop = manager.database("shop");
  const ids = Array.from({ length: open }, (_, index) => idOf(index));
  for (const id of ids) manager.register(id, sqlite({ filename: ":memory:" }));
  const read = isTenants ? (id: string) => shops.run(id, () => ask(shop)) : (id: string) => ask(manager.database(id));
  const round = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index++) await read(ids[index % open] ?? "");
  };
  await round(Math.max(20_000, calls / 10));
  const rounds: number[] = [];
  for (let turn = 0; turn < 9; turn++) {
    collectYoungGarbage();
    const begun = performance.now();
    await round(calls / 10);
    rounds.push(((performance.now() - begun) * 1_000) / (calls / 10));
  }
  await manager.close();
  return median(rounds);
}

/** The first read of a database that nobody has used, connecting included. In milliseconds. */
async function readFirst(): Promise<number> {
  const shops = tenants({ driver: postgresDriver, connections: firsts + 1, resolve: () => postgres(server) });
  const manager: DatabaseManager = new DatabaseManager({ shop: shops });
  const shop = manager.database("shop");
  const times: number[] = [];
  for (let index = 0; index < firsts; index++) {
    const id = idOf(index);
    const begun = performance.now();
    if (isTenants) await shops.run(id, () => ask(shop));
    else await ask(manager.register(id, postgres(server)).database(id));
    times.push(performance.now() - begun);
    // A server has room for fewer than were asked.
    if (isTenants) shop.evictConnections();
    else await manager.unregister(id);
  }
  expectThat(!isTenants || shops.stats().tenants.opened === firsts, "a tenant was open already");
  await manager.close();
  return median(times);
}

console.log(JSON.stringify({ openMicros: await readOpen(), firstMs: await readFirst() }));
