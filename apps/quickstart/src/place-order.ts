import { CheckViolationError, sql } from "@nsj/mdb-core";
import type { Databases } from "./databases.ts";
import { print } from "./print.ts";

/** One transaction. What may fail stands in a savepoint; what must only happen after the commit stands in a hook. */
export async function placeOrder(databases: Databases): Promise<void> {
  const audit = databases.database("audit");

  const order = await databases.transaction("orders", async (tx) => {
    const id = await tx.queryScalar<number>(
      sql`insert into orders (customer_id, total, placed) values (${2}, ${"49.00"}, ${new Date()}) returning id`,
    );
    try {
      await tx.savepoint(async (inner) => {
        await inner.execute(sql`update orders set total = total - 10 where id = ${id}`);
        await inner.execute("update vouchers set uses_left = uses_left - 1 where code = :code", { code: "SPRING" });
      });
    } catch (error) {
      if (!(error instanceof CheckViolationError)) throw error;
      print("savepoint", "the voucher is used up: the discount was undone, the order stands");
    }
    tx.onCommit(() => audit.execute("insert into events (what) values (:what)", { what: `order ${id} was placed` }));
    return tx.queryOne(sql`select id, total from orders where id = ${id}`);
  });

  print("committed", order);
  print("audit", await audit.query("select * from events"));
}
