import { DaoBase, defineTable } from "@nsj/mdb-core";

interface Customer {
  readonly id: number;
  readonly name: string;
}

interface Order {
  readonly id: number;
  readonly customerId: number;
}

class CustomerDao extends DaoBase.for(defineTable<Customer>("customers").primaryKey("id")) {}
class OrderDao extends DaoBase.for(
  defineTable<Order>("orders").primaryKey("id").columns({ customerId: "customer_id" }),
) {}

type Orders = ConstructorParameters<typeof OrderDao>[0];

/** One query for the orders, and one more for each: an N+1. */
export async function listOrdersSlowly(database: Orders): Promise<string[]> {
  const orders = await new OrderDao(database).findAll();
  const lines: string[] = [];
  for (const { id, customerId } of orders) {
    const customer = await new CustomerDao(database).findById(customerId);
    lines.push(`${id}: ${customer?.name}`);
  }
  return lines;
}

/** Two queries, however many orders there are. */
export async function listOrders(database: Orders): Promise<string[]> {
  const orders = await new OrderDao(database).findAll();
  const customers = await new CustomerDao(database).findByIds(orders.map((order) => order.customerId));
  const names = new Map(customers.map(({ id, name }) => [id, name]));
  return orders.map(({ id, customerId }) => `${id}: ${names.get(customerId)}`);
}
