import type { Databases } from "./databases.ts";
import { print } from "./print.ts";

const rowCount = 100_000;

/** Many rows in and out again in constant memory: loaded from a generator, read through a server-side cursor. */
export async function streamRows(databases: Databases): Promise<void> {
  const orders = databases.database("orders");
  const loaded = await orders.bulkInsert("order_lines", ["line", "product", "price"], makeLines());
  print("loaded", `${loaded.rowCount} rows`);

  let count = 0;
  let cents = 0;
  for await (const line of orders.stream<{ price: string }>("select * from order_lines order by line")) {
    cents += Math.round(Number(line.price) * 100);
    count++;
  }
  print("streamed", `${count} rows, worth ${(cents / 100).toFixed(2)}`);
}

function* makeLines() {
  for (let line = 1; line <= rowCount; line++) yield [line, `product ${line % 100}`, `${(line % 100) + 1}.50`];
}
