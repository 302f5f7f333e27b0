const { defineTable, sql, TransactionalDao } = require("@nsj/mdb-core");
const { databases } = require("./databases.js");

class OrderDao extends TransactionalDao.for(defineTable("orders").primaryKey("id").generated("id")) {
  /** Both tables or neither, and the event only when they were written. */
  place(item, total) {
    return this.transaction(async (tx) => {
      await this.execute(sql`update stock set n = n - 1 where item = ${item}`);
      tx.onCommit(() => databases.database("audit").execute("insert into events (what) values (:item)", { item }));
      return this.insert({ item, total });
    });
  }
}

exports.orders = new OrderDao(databases.database("orders"));

exports.createTables = async () => {
  const database = databases.database("orders");
  await database.execute("create table orders (id serial primary key, item text unique, total numeric(10, 2))");
  await database.execute("create table stock (item text primary key, n integer check (n >= 0))");
  await database.execute("insert into stock (item, n) values ('tea', 2), ('coffee', 0)");
  await databases.database("audit").execute("create table events (what text)");
};
