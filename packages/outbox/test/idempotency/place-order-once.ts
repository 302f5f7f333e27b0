import { type Database, sql } from "@nsj/mdb-core";
import { inbox } from "@nsj/mdb-outbox";

/** What a service of these tests is told. */
export interface ServiceFacts {
  /** Its table of orders; that of its requests has `_in` behind it. */
  readonly table: string;
  /** How long a request waits for one with the same key. */
  readonly timeoutMs: number;
}

/** A request, as every framework has it. */
export interface OrderRequest {
  readonly key: string | undefined;
  readonly body: { readonly item: string };
  /** Where the process is to be killed, as by a crash. */
  readonly crash: string | undefined;
}

/** Places an order once for each idempotency key. */
export function placingOnce(database: Database, { table, timeoutMs }: ServiceFacts) {
  const requests = inbox(database, { table: `${table}_in` });
  return async ({ key, body, crash }: OrderRequest): Promise<unknown> => {
    if (!key) throw Object.assign(new Error("an Idempotency-Key is needed"), { statusCode: 400 });
    const answer = await requests.once(
      key,
      async (tx) => {
        const order = await tx.queryOne(
          sql<{ id: number }>`insert into ${sql.raw(table)} (item) values (${body.item}) returning id`,
        );
        if (crash === "inside") await die();
        return { ...order, item: body.item };
      },
      { request: body, timeoutMs },
    );
    if (crash === "after") await die();
    return answer;
  };
}

/** Never comes back. */
function die(): Promise<never> {
  process.kill(process.pid, "SIGKILL");
  return new Promise(() => {});
}
