import type { Databases } from "../databases.ts";
import { Refusal } from "../http/refusal.ts";
import { type Product, ProductDao } from "./product-dao.ts";
import { RecountDao } from "./recount-dao.ts";

/**
 * Corrects a stock and writes down why: in two databases, and in both of them or in neither. PostgreSQL prepares, and SQLite, which cannot, decides by
 * its own commit. An order's event may reach the audit a moment later; a stock without its reason is what an auditor must never find.
 */
export async function recount(
  databases: Databases,
  productId: number,
  { stock, reason }: { readonly stock: number; readonly reason: string },
  signal?: AbortSignal,
): Promise<Product> {
  return databases.transaction(
    ["orders", "audit"],
    async ({ orders, audit }) => {
      const products = new ProductDao(orders);
      const product = (await products.lock([productId])).get(productId);
      if (product === undefined) throw new Refusal(404, "UNKNOWN_PRODUCT", "there is no such product");
      const stockBefore = product.stock;
      await new RecountDao(audit).insert({ productId, stockBefore, stock, reason });
      return products.update(productId, { stock, version: product.version });
    },
    { timeoutMs: 5_000, retry: { attempts: 3 }, ...(signal !== undefined && { signal }) },
  );
}
