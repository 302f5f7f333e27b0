import { DaoBase, defineTable } from "@nsj/mdb-core";

export interface Customer {
  readonly id: number;
  readonly email: string;
  readonly name: string;
}

const customers = defineTable<Customer>("customers").primaryKey("id").generated("id");

export class CustomerDao extends DaoBase.for(customers) {}
