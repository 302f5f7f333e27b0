import { op } from "@nsj/mdb-core";
import { CustomerDao } from "./customer-dao.ts";
import type { Databases } from "./databases.ts";
import { EventDao } from "./event-dao.ts";
import { print } from "./print.ts";

/** The same methods over both databases; what they are called with is checked by the compiler. */
export async function useDaos(databases: Databases): Promise<void> {
  const customers = new CustomerDao(databases.database("orders"));
  const events = new EventDao(databases.database("audit"));

  const ken = await customers.insert({ email: "ken@example.org", name: "Ken" });
  const { entity, inserted } = await customers.upsert({ ...ken, name: "Kenneth" });
  await events.insert({ what: `customer ${entity.id} was ${inserted ? "added" : "renamed"}` });

  print(
    "customers",
    (await customers.atDomain("example.org")).map(({ name }) => name),
  );
  print("page", await customers.page({ where: { name: op.like("%e%") }, orderBy: { name: "desc" }, limit: 1 }));
  print("events", await events.findBy({ what: op.like("customer%") }));
}
