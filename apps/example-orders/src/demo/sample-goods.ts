import { CustomerDao } from "../customers/customer-dao.ts";
import type { Databases } from "../databases.ts";
import { ProductDao } from "../products/product-dao.ts";

const names = ["Ada", "Barbara", "Edsger", "Frances", "Grace", "Katherine", "Ken", "Margaret"];
const goods = ["Coffee beans", "Cups", "Filter paper", "Green tea", "Kettle", "Scales", "Tea pot", "Thermometer"];

/** Customers and products to play with, unless there are some. */
export async function addSampleGoods(databases: Databases): Promise<void> {
  await databases.transaction("orders", async (tx) => {
    const customers = new CustomerDao(tx);
    if (await customers.exists({})) return;
    await customers.insertMany(names.map((name) => ({ name, email: `${name.toLowerCase()}@example.org` })));
    await new ProductDao(tx).insertMany(
      goods.map((name, index) => ({
        name,
        sku: `T-${index + 100}`,
        priceCents: 490 + 350 * index,
        stock: 1_000_000,
      })),
    );
  });
}
