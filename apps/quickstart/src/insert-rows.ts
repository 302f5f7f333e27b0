import { sql } from "@nsj/mdb-core";
import type { Databases } from "./databases.ts";
import { print } from "./print.ts";

/** Values never become part of the text: by name, or in an `sql` template, which also composes. */
export async function insertRows(databases: Databases): Promise<void> {
  const orders = databases.database("orders");

  await orders.execute("insert into customers (email, name) values (:email, :name)", {
    email: "ada@example.org",
    name: "Ada",
  });

  const more = [
    ["grace@example.org", "Grace"],
    ["edsger@example.org", "Edsger"],
  ];
  await orders.execute(sql`insert into customers (email, name) ${sql.values(more)}`);

  const wanted = sql`name in (${sql.list(["Ada", "Grace"])})`;
  print("customers", await orders.query(sql`select id, name from customers where ${wanted} order by id`));

  await orders.execute("insert into vouchers (code, uses_left) values (:code, :uses)", { code: "SPRING", uses: 0 });
  const placed = new Date("2026-11-22T09:30:00Z");
  const order = sql`insert into orders (customer_id, total, placed) values (${1}, ${"19.90"}, ${placed}) returning *`;
  print("order", await orders.queryOne(order));
}
