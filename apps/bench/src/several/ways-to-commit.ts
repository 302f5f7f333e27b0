import type { Executor } from "@nsj/mdb-core";
import { expectThat } from "../measure/expect.ts";
import type { OpenRunner } from "../measure/timed.ts";
import { type DurableDatabases, openDurable } from "./durable-databases.ts";

type Databases = DurableDatabases["databases"];

/** Two rows, and where they go. */
const ways: readonly (readonly [name: string, once: (databases: Databases) => Promise<void>])[] = [
  [
    "one commit after the other",
    (databases) =>
      databases.transaction("orders", async (orders) => {
        await write(orders);
        await databases.transaction("stock", write);
      }),
  ],
  [
    "atomic",
    (databases) =>
      databases.transaction(["orders", "stock"], async ({ orders, stock }) => {
        await write(orders);
        await write(stock);
      }),
  ],
  [
    "atomic, one has written",
    (databases) =>
      databases.transaction(["orders", "stock"], async ({ orders }) => {
        await write(orders);
        await write(orders);
      }),
  ],
  [
    "atomic, one has written, one was read",
    (databases) =>
      databases.transaction(["orders", "stock"], async ({ orders, stock }) => {
        await write(orders);
        await read(stock);
        await write(orders);
      }),
  ],
  [
    "one database, and a read of the other",
    (databases) =>
      databases.transaction("orders", async (orders) => {
        await write(orders);
        await databases.transaction("stock", read);
        await write(orders);
      }),
  ],
  [
    // What a transaction over several databases always has: a limit of time, and a lost COMMIT that is asked after.
    "one database, with its limit and its fate",
    (databases) =>
      databases.transaction(
        "orders",
        async (orders) => {
          await write(orders);
          await write(orders);
        },
        { timeoutMs: 30_000, verifyOutcome: true },
      ),
  ],
  [
    "one database",
    (databases) =>
      databases.transaction("orders", async (orders) => {
        await write(orders);
        await write(orders);
      }),
  ],
];

/** Every way on the same two servers. @param settings - of both */
export async function openWays(settings?: readonly string[]): Promise<readonly OpenRunner[]> {
  const durable = await openDurable(settings);
  const { databases } = durable;
  let openCount = ways.length;
  return ways.map(([name, once]) => ({
    name,
    async run(times) {
      const before = await rows(databases);
      for (let number = 0; number < times; number++) await once(databases);
      expectThat((await rows(databases)) === before + 2 * times, `${name}: two rows each time`);
    },
    async close() {
      openCount--;
      if (openCount === 0) await durable[Symbol.asyncDispose]();
    },
  }));
}

async function write(executor: Executor): Promise<void> {
  await executor.execute("insert into work (note) values (:note)", { note: "a line of text" });
}

async function read(executor: Executor): Promise<void> {
  await executor.query("select current_date");
}

async function rows(databases: Databases): Promise<number> {
  const counts = (["orders", "stock"] as const).map((it) =>
    databases.database(it).queryScalar("select count(*) from work"),
  );
  return (await Promise.all(counts)).reduce<number>((sum, count) => sum + Number(count), 0);
}
