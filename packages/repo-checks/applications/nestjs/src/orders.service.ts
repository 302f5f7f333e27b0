import { Injectable } from "@nestjs/common";
import { DaoBase, type Database, defineTable, sql } from "@nsj/mdb-core";
import { InjectDatabase, Transactional } from "@nsj/mdb-nestjs";

export interface Order {
  readonly id: number;
  readonly item: string;
  readonly total: string;
}

export class OrderDao extends DaoBase.for(defineTable<Order>("orders").primaryKey("id").generated("id")) {}

@Injectable()
export class OrderService {
  constructor(
    private readonly dao: OrderDao,
    @InjectDatabase("orders") private readonly orders: Database,
    @InjectDatabase("audit") private readonly audit: Database,
  ) {}

  async createTables(): Promise<void> {
    await this.orders.execute("create table orders (id serial primary key, item text unique, total numeric(10, 2))");
    await this.orders.execute("create table stock (item text primary key, n integer check (n >= 0))");
    await this.orders.execute("insert into stock (item, n) values ('tea', 2), ('coffee', 0)");
    await this.audit.execute("create table events (what text)");
  }

  /** Both tables or neither. */
  @Transactional("orders")
  async place(item: string, total: string): Promise<Order> {
    await this.orders.execute(sql`update stock set n = n - 1 where item = ${item}`);
    const order = await this.dao.insert({ item, total });
    await this.audit.execute("insert into events (what) values (:item)", { item });
    return order;
  }

  left(item: string): Promise<number> {
    return this.orders.queryScalar<number>("select n from stock where item = :item", { item });
  }

  slow(): Promise<unknown> {
    return this.orders.queryOne("select 1 as n, pg_advisory_xact_lock_shared(17)::text");
  }

  events(): Promise<unknown[]> {
    return this.audit.query("select what from events");
  }
}
