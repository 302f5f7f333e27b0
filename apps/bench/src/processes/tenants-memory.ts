/** Knows so many tenants, has some of them open and a few connected, and prints what each of them takes of the heap. Needs `--expose-gc`. */
import { postgres, postgresDriver } from "@nsj/mdb-adapter-postgres";
import { DatabaseManager } from "@nsj/mdb-core";
import { tenants } from "@nsj/mdb-tenants";
import { collectGarbage } from "../measure/collect-garbage.ts";
import { expectThat } from "../measure/expect.ts";

const [contestant = "", url = "", ...counts] = process.argv.slice(2);
const [known = 10_000, open = 1_000, connected = 200] = counts.map(Number);
const server = postgresDriver.parseUrl(url);
const place = (id: string) => postgres({ ...server, applicationName: id, pool: { max: 4 } });
const idOf = (index: number): string => `tenant_${index}`;
const unknownIds = 10_000;
/** So many are used one after the other, more than are open. */
const inTurn = open + 500;

/** Bytes that live on. */
async function heap(): Promise<number> {
  // What ends only once something else was collected needs several rounds.
  for (let round = 0; round < 4; round++) {
    await new Promise(setImmediate);
    collectGarbage();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function withTenants() {
  const shops = tenants({
    driver: postgresDriver,
    open,
    connections: connected,
    resolve: (id) => (id.startsWith("nobody") ? undefined : place(id)),
  });
  const manager = new DatabaseManager({ shop: shops });
  const shop = manager.database("shop");
  const openOne = async (index: number): Promise<void> => {
    await using _ = await shops.use(idOf(index));
  };
  const ask = (index: number) => shops.run(idOf(index), () => shop.queryScalar("select 1"));
  const unknown = async (index: number): Promise<void> => {
    await shops.run(`nobody_${index}`, () => shop.query("select 1")).catch(() => {});
  };
  // Code that has run once is no part of what a tenant takes.
  for (let index = 0; index < 50; index++) await openOne(index);
  await ask(49);
  await unknown(0);
  await shops.refresh(idOf(49));
  const before = await heap();
  for (let index = 50; index < open; index++) await openOne(index);
  const opened = await heap();
  for (let index = open; index < known; index++) await openOne(index);
  const evicted = await heap();
  expectThat(shops.stats().tenants.open === open, `${shops.stats().tenants.open} tenants are open`);
  for (let index = known - connected; index < known; index++) await ask(index);
  const inUse = await heap();
  // Each that is used takes the connection of another one. What the first ones leave behind is code, and buffers that are used again.
  const use = async (from: number): Promise<void> => {
    for (let index = from; index < from + inTurn; index++) await ask(index % known);
  };
  await use(0);
  await use(inTurn);
  const warm = await heap();
  await use(2 * inTurn);
  const used = await heap();
  const { budget } = shops.stats();
  expectThat(budget.used === connected, `${budget.used} connections are open`);
  for (let index = 1; index <= unknownIds; index++) await unknown(index);
  const remembered = await heap();
  const again = performance.now();
  for (let index = 1; index <= unknownIds; index++) await unknown(index);
  const unknownMicros = ((performance.now() - again) * 1_000) / unknownIds;
  await manager.close();
  return {
    openKib: (opened - before) / (open - 50) / 1_024,
    leftBytes: (evicted - opened) / (known - open),
    usedBytes: (used - warm) / inTurn,
    connectionKib: (inUse - evicted) / connected / 1_024,
    totalMib: (inUse - before) / 1_024 / 1_024,
    unknownBytes: (remembered - used) / unknownIds,
    unknownMicros,
  };
}

async function withLabels() {
  const manager = new DatabaseManager({}) as DatabaseManager;
  for (let index = 0; index < 50; index++) manager.register(`warm_${index}`, place(`warm_${index}`));
  await manager.database("warm_49").queryScalar("select 1");
  for (let index = 0; index < 50; index++) await manager.unregister(`warm_${index}`);
  const before = await heap();
  for (let index = 0; index < known; index++) manager.register(idOf(index), place(idOf(index)));
  const opened = await heap();
  for (let index = known - connected; index < known; index++) {
    await manager.database(idOf(index)).queryScalar("select 1");
  }
  const inUse = await heap();
  await manager.close();
  return {
    openKib: (opened - before) / known / 1_024,
    connectionKib: (inUse - opened) / connected / 1_024,
    totalMib: (inUse - before) / 1_024 / 1_024,
  };
}

console.log(JSON.stringify(await (contestant === "a label each" ? withLabels() : withTenants())));
