import { type Database, type PinnedConnection, type Session, sql, type Transaction } from "@nsj/mdb-core";
import { z } from "zod";

interface Order {
  readonly id: number;
}

/** What people hold has the same types as the interface. Compiled with everything else; never run. */
export async function typed(
  order: Order,
  database: Database,
  session: Session,
  connection: PinnedConnection,
  tx: Transaction,
): Promise<void> {
  const schema = z.object({ id: z.number() });
  for (const it of [database, session, connection, tx]) {
    const byTemplate: { id: number } = await it.queryOne(sql<{ id: number }>`select 1 as id`);
    const bySchema: { id: number }[] = await it.query("select 1 as id", [], { schema });
    const byBoth: { id: number }[] = await it.query(sql`select 1 as id`, { schema });
    const maybe: { id: number } | undefined = await it.queryMaybeOne(sql`select 1 as id`, { schema });
    const arrays: unknown[][] = await it.query("select 1", [], { rowMode: "array" });
    const result: unknown[][] = (await it.execute(sql`select 1`, { rowMode: "array" })).rows;
    for await (const row of it.stream("select 1", undefined, { rowMode: "array", fetchSize: 5 }))
      void (row satisfies unknown[]);
    for await (const row of it.stream(sql`select 1 as id`, { schema })) void (row.id satisfies number);
    void [byTemplate, bySchema, byBoth, maybe, arrays, result];
    // What has an interface's type is an object of names, too, and so are an application's own classes.
    void it.query("select 1 where 1 = :id", order);
    void it.executeMany("insert into orders (id) values (:id)", [order]);
    // @ts-expect-error parameters are an object or an array
    void it.query("select 1", 5);
    // @ts-expect-error an option that does not exist
    void it.query("select 1", [], { timeoutMS: 5 });
    // @ts-expect-error a schema checks objects
    void it.query("select 1", [], { rowMode: "array", schema });
    // @ts-expect-error rows as arrays are for execute, query and stream
    void it.queryOne("select 1", [], { rowMode: "array" });
  }
  const held = await database.begin({ isolation: "serializable" });
  await held.run(async () => {});
  // @ts-expect-error there is no callback that could be run again
  await database.begin({ retry: { attempts: 2 } });
}
