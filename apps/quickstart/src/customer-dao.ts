import { DaoBase, defineTable, sql } from "@nsj/mdb-core";

type Customer = { readonly id: number; readonly email: string; readonly name: string };
const customers = defineTable<Customer>("customers").primaryKey("id").generated("id");

export class CustomerDao extends DaoBase.for(customers) {
  atDomain(domain: string): Promise<Customer[]> {
    return this.query(sql`select ${this.columns} from ${this.table} where email like ${`%@${domain}`} order by id`);
  }
}
