import {
  DaoBase,
  type DaoConstructor,
  type Database,
  defineTable,
  op,
  sql,
  TransactionalDao,
  type TransactionalDaoConstructor,
} from "@nsj/mdb-core";

interface User {
  readonly id: number;
  readonly email: string;
  readonly team: string | null;
  readonly createdAt: Date;
  readonly version: number;
}

const users = defineTable<User>("users")
  .primaryKey("id")
  .generated("id", "createdAt")
  .version("version")
  .columns({ createdAt: "created_at" });

class UserDao extends DaoBase.for(users) {}

interface Line {
  readonly orderId: number;
  readonly position: number;
  readonly sku: string;
}

const lines = defineTable<Line>("lines").primaryKey("orderId", "position");

declare const database: Database;
const dao = new UserDao(database);
const lineDao = new (DaoBase.for(lines))(database);

/** Only compiled, never run. */
export async function compiles(): Promise<User | undefined> {
  await dao.insert({ email: "a" });
  await dao.insert({ email: "a", team: null });
  await dao.update(1, { team: "red", version: 3 });
  await dao.findBy(
    {
      team: op.in(["a", null]),
      id: op.both(op.gte(1), op.lt(9)),
      [op.or]: [{ email: op.like("a%") }, { [op.not]: { id: 1 } }],
    },
    { orderBy: { id: "desc" } },
  );
  await dao.upsert({ id: 1, email: "a" });
  await lineDao.findById({ orderId: 1, position: 2 });
  await lineDao.insert({ orderId: 1, position: 2, sku: "x" });
  return dao.findById(1);
}

/** Each of these must be refused. */
export function isRefused(): void {
  // @ts-expect-error a generated column
  void dao.insert({ email: "a", id: 3 });
  // @ts-expect-error the version is filled as well
  void dao.insert({ email: "a", version: 3 });
  // @ts-expect-error a required column is missing
  void dao.insert({ team: "x" });
  // @ts-expect-error misspelt
  void dao.insert({ email: "a", taem: "x" });
  // @ts-expect-error a value of the wrong type
  void dao.insert({ email: 5 });
  // @ts-expect-error misspelt
  void dao.findBy({ taem: "x" });
  // @ts-expect-error a value of the wrong type
  void dao.findBy({ id: op.gt("1") });
  // @ts-expect-error like is for texts
  void dao.findBy({ id: op.like("1%") });
  // @ts-expect-error a null, which would be IS NULL
  void dao.findBy({ team: null });
  // @ts-expect-error an object as JSON makes it
  void dao.findBy({ team: { ne: "" } });
  // @ts-expect-error misspelt, further in
  void dao.findBy({ [op.or]: [{ [op.not]: { taem: "x" } }] });
  // @ts-expect-error a value of the wrong type in a list
  void dao.findBy({ id: op.in(["1"]) });
  // @ts-expect-error one part of another type
  void dao.findBy({ id: op.either(1, op.gt("1")) });
  // @ts-expect-error an order by a column that does not exist
  void dao.findAll({ orderBy: { nmae: "asc" } });
  // @ts-expect-error a key of the wrong type
  void dao.findById("x");
  // @ts-expect-error a generated column
  void dao.update(1, { createdAt: new Date() });
  // @ts-expect-error the key
  void dao.update(1, { id: 2 });
  // @ts-expect-error half of a composite key
  void lineDao.findById({ orderId: 1 });
  // @ts-expect-error no such column
  defineTable<User>("users").primaryKey("uid");
  // @ts-expect-error no such column
  defineTable<User>("users").columns({ createdOn: "created_on" });
}

interface Secretive {
  readonly id: number;
  readonly name: string;
  readonly secret?: string;
}

const secretive = defineTable<Secretive>("secretive").primaryKey("id").writeOnly("secret").readBack("name");

/** A column that is only written may be missing from an entity, and may be left out of an insert. */
export async function onlyWritten(database: Database) {
  const dao = new DaoBase(secretive, database);
  await dao.insert({ id: 1, name: "a" });
  const secret: string | undefined = (await dao.insert({ id: 2, name: "b", secret: "s" })).secret;
  // @ts-expect-error every entity has a name
  secretive.writeOnly("name");
  // @ts-expect-error no such column
  secretive.readBack("nmae");
  return secret;
}

// What a project with `isolatedDeclarations` writes, because nothing may be inferred that is exported.
export const UserBase: DaoConstructor<User, "id" | "createdAt" | "version", "id", "version"> = DaoBase.for(users);
export const LineBase: DaoConstructor<Line, never, "orderId" | "position"> = DaoBase.for(lines);
export const LineWork: TransactionalDaoConstructor<Line, never, "orderId" | "position"> = TransactionalDao.for(lines);

/** Extends it as it would the call itself. */
export class DeclaredDao extends LineBase {
  ofSku(sku: string): Promise<Line[]> {
    return this.query(sql`select ${this.columns} from ${this.table} where sku = ${sku}`);
  }
}
