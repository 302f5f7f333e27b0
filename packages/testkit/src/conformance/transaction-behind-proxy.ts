import type { BeginOptions } from "@nsj/mdb-core";
import type { Bench } from "./bench.ts";

/** A transaction behind a proxy of its own that has inserted one row. @param table - with one integer column `id` */
export async function transactionBehindProxy(bench: Bench, table: string, id = 1, options: BeginOptions = {}) {
  const { proxy, connector } = await bench.behindProxy();
  const connection = await bench.connect(connector);
  await connection.begin(options);
  await bench.run(connection, `insert into ${table} (id) values (${id})`);
  return { proxy, connection };
}
