import type { DatabaseManager, Transaction } from "@nsj/mdb-core";

declare const databases: DatabaseManager<{ orders: never; stock: never; audit: never }>;

async function labelsAreChecked(): Promise<void> {
  const count: number = await databases.transaction(["orders", "stock"], async ({ orders, stock }) => {
    orders satisfies Transaction;
    await stock.execute("select 1");
    return 1;
  });
  void count;
  // @ts-expect-error no such label
  await databases.transaction(["orders", "stokc"], async () => undefined);
  // @ts-expect-error not among the labels of this transaction
  await databases.transaction(["orders", "stock"], async ({ audit }) => audit);
  // @ts-expect-error the decider is one of the labels
  await databases.transaction(["orders", "stock"], async () => undefined, { decider: "audit" });
  await databases.transaction(["orders", "stock"], async () => undefined, { isolation: { stock: "serializable" } });
  // @ts-expect-error levels are for the labels of this transaction
  await databases.transaction(["orders", "stock"], async () => undefined, { isolation: { audit: "serializable" } });
  // @ts-expect-error not for several databases
  await databases.transaction(["orders", "stock"], async () => undefined, { propagation: "nested" });
  // @ts-expect-error one label gives one transaction
  await databases.transaction("orders", async ({ orders }) => orders);
  // @ts-expect-error it has to be meant
  await databases.resolve("id", "commit", {});
}
void labelsAreChecked;
