import { inbox, outbox, toDatabase } from "@nsj/mdb-outbox";
import { expectThat } from "../measure/expect.ts";
import { type DurableDatabases, openDurable } from "./durable-databases.ts";

let opened: Promise<DurableDatabases> | undefined;
let number = 0;

/** How many messages a second go from one database to the other, each applied once, in one lane. */
export async function outboxRate(batchSize: number, count: number): Promise<number> {
  opened ??= openDurable();
  const { databases } = await opened;
  number++;
  const [orders, stock] = [databases.database("orders"), databases.database("stock")];
  const events = outbox(orders, { table: `outbox${number}` });
  await events.createTables();
  await inbox(stock).createTables();
  await stock.execute("truncate work");
  const messages = Array.from({ length: count }, (_, id) => ({ topic: "done", key: "one key", body: { id } }));
  await databases.transaction("orders", () => events.addMany(messages));
  const handler = toDatabase(stock, async (tx, { id }) => {
    await tx.execute("insert into work (note) values (:id)", { id });
  });
  const begun = performance.now();
  const running = events.relay({ done: handler }, { batchSize }).start();
  while ((await events.size()) > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const seconds = (performance.now() - begun) / 1_000;
  await running.stop();
  expectThat(Number(await stock.queryScalar("select count(distinct note) from work")) === count, "each message once");
  return count / seconds;
}

/** Ends the servers. */
export async function closeOutboxes(): Promise<void> {
  await (await opened)?.[Symbol.asyncDispose]();
  opened = undefined;
}
