import type { Executor } from "@nsj/mdb-core";
import { Refusal } from "../http/refusal.ts";
import { ProductDao } from "../products/product-dao.ts";
import { type Order, OrderDao } from "./order-dao.ts";

/**
 * Cancels an order and puts its goods back, inside a transaction of the caller.
 * @param version - the one that the client has seen; `StaleEntityError` when the order is another one by now
 */
export async function cancelOrder(executor: Executor, id: number, version: number): Promise<Order> {
  const orders = new OrderDao(executor);
  const order = await orders.findById(id);
  if (order?.status === "cancelled") throw new Refusal(409, "ALREADY_CANCELLED", "this order is cancelled already");
  const cancelled = await orders.update(id, { status: "cancelled", version });
  await new ProductDao(executor).putBackFrom(id);
  return cancelled;
}
