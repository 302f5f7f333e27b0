import { postgres } from "@nsj/mdb-adapter-postgres";
import { DatabaseManager } from "@nsj/mdb-core";
import { startPostgres } from "@nsj/mdb-wire-servers";

/** Two servers of PostgreSQL whose commits are on the disk, because that is what a commit of several databases costs. */
export interface DurableDatabases extends AsyncDisposable {
  readonly databases: DatabaseManager<{ orders: ReturnType<typeof postgres>; stock: ReturnType<typeof postgres> }>;
}

/** A disk whose flush takes 2 ms: before each flush of its log the server waits so long, whoever asks for it. */
export const slowDisk: readonly string[] = ["commit_delay=2000", "commit_siblings=0"];

/** @param more - further settings of both servers */
export async function openDurable(more: readonly string[] = []): Promise<DurableDatabases> {
  const durable = ["fsync=on", "synchronous_commit=on", "max_prepared_transactions=32", "max_connections=60"];
  const settings = [...durable, ...more];
  const servers = await Promise.all([startPostgres(settings), startPostgres(settings)]);
  const [orders, stock] = servers.map(({ url }) => postgres({ connectionString: url, pool: { max: 10 } }));
  if (orders === undefined || stock === undefined) throw new Error("there are two servers");
  const databases = new DatabaseManager({ orders, stock });
  for (const label of ["orders", "stock"] as const) {
    await databases.database(label).execute("create table work (id bigint generated always as identity, note text)");
    await databases.prepareStore(label);
  }
  return {
    databases,
    async [Symbol.asyncDispose]() {
      await databases.close({ timeoutMs: 1_000 });
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}
