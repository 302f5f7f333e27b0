import { createHash } from "node:crypto";
import type { Transaction } from "@nsj/mdb-core";
import { Refusal } from "../http/refusal.ts";
import { type Product, ProductDao } from "../products/product-dao.ts";
import { IdempotencyKeyDao } from "./idempotency-key-dao.ts";
import type { NewOrder } from "./new-order.ts";
import { type Order, OrderDao } from "./order-dao.ts";
import { OrderLineDao } from "./order-line-dao.ts";

/** What came of it: a new order, or the one that the same request has placed before. */
export interface PlacedOrder {
  readonly order: Order;
  readonly isNew: boolean;
}

/** Places an order: all of it or, when it is refused, nothing. The same key with the same request places it once. */
export async function placeOrder(tx: Transaction, request: NewOrder, key: string): Promise<PlacedOrder> {
  const keys = new IdempotencyKeyDao(tx);
  const fingerprint = createHash("sha256").update(JSON.stringify(request)).digest("hex");
  if (!(await keys.claim(key, fingerprint))) return { order: await placedBefore(tx, key, fingerprint), isNew: false };

  const products = new ProductDao(tx);
  const lines = priced(request, await products.lock(request.lines.map(({ productId }) => productId)));
  const totalCents = lines.reduce((sum, { quantity, priceCents }) => sum + quantity * priceCents, 0);
  const order = await new OrderDao(tx).insert({ customerId: request.customerId, status: "placed", totalCents });
  await new OrderLineDao(tx).insertMany(lines.map((line) => ({ ...line, orderId: order.id })));
  await products.takeFor(order.id);
  await keys.update(key, { orderId: order.id });
  return { order, isNew: true };
}

async function placedBefore(tx: Transaction, key: string, fingerprint: string): Promise<Order> {
  const used = await new IdempotencyKeyDao(tx).findById(key);
  if (used?.fingerprint !== fingerprint) {
    throw new Refusal(422, "IDEMPOTENCY_KEY_REUSED", "this key belongs to another request");
  }
  const order = used.orderId === null ? undefined : await new OrderDao(tx).findById(used.orderId);
  if (order === undefined) throw new Error(`the order of an idempotency key is missing: ${used.orderId}`);
  return order;
}

/** The lines with the prices of today. @throws Refusal that names every product that is missing or short */
function priced({ lines }: NewOrder, products: ReadonlyMap<number, Product>) {
  const found = lines.map((line) => ({ ...line, product: products.get(line.productId) }));
  const unknown = found.filter(({ product }) => product === undefined).map(({ productId }) => productId);
  if (unknown.length > 0)
    throw new Refusal(422, "UNKNOWN_PRODUCT", "there are no such products", { products: unknown });
  const short = found.flatMap(({ product, productId, quantity }) =>
    product !== undefined && product.stock < quantity ? [{ productId, wanted: quantity, inStock: product.stock }] : [],
  );
  if (short.length > 0) throw new Refusal(409, "OUT_OF_STOCK", "there is not enough in stock", { products: short });
  return found.map(({ productId, quantity, product }) => ({
    productId,
    quantity,
    priceCents: product?.priceCents ?? 0,
  }));
}
