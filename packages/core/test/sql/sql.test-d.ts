import type { JsonText } from "../../src/driver/index.ts";
import {
  type Identifier,
  type OutParameter,
  type Parameters,
  type Sql,
  sql,
  type TypedParameter,
} from "../../src/sql/index.ts";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function is<A, B>(_proof: Equal<A, B>): void {}

interface User {
  readonly id: number;
  readonly name: string;
}
interface Order {
  readonly total: string;
}

declare function query<T>(statement: Sql<T>): T;

// The row type travels with the template.
is<Sql<User>, ReturnType<typeof sql<User>>>(true);
const typed = sql<User>`select 1`;
is<typeof typed, Sql<User>>(true);
const found = query(typed);
is<typeof found, User>(true);
const unknownRow = query(sql`select 1`);
is<typeof unknownRow, unknown>(true);

// A template without a row type fits where one is asked for, in place and from a variable.
const named = query<User>(sql`select 1`);
is<typeof named, User>(true);
const plain = sql`select 1`;
query<User>(plain);

// A fragment with a row type fits wherever any fragment does.
const anything: Sql = typed;
sql.and([typed, anything]);
sql.join([typed], sql`, `);

// Two row types that have nothing to do with each other do not mix.
// @ts-expect-error orders are no users
query<Order>(typed);

// Values: everything but undefined.
declare const maybe: string | undefined;
sql`${1} ${"a"} ${null} ${true} ${2n} ${new Date()} ${{ a: 1 }} ${[1]} ${sql.empty}`;
// @ts-expect-error undefined is no value
sql`${maybe}`;
// @ts-expect-error undefined is no value
sql.list([maybe]);
// @ts-expect-error undefined is no value
sql.values([[1, maybe]]);

// Conditions and separators are fragments.
// @ts-expect-error text is no condition
sql.and(["a = 1"]);
// @ts-expect-error a condition cannot be missing
sql.or([undefined]);
// @ts-expect-error text is no separator
sql.join([1, 2], ", ");

// Names.
const identifier = sql.identifier("a", "b");
is<typeof identifier, Identifier>(true);
const fragment: Sql = identifier;
// @ts-expect-error a name has at least one part
sql.identifier();
// @ts-expect-error a fragment is no identifier
const notIdentifier: Identifier = fragment;
// @ts-expect-error nor is a text a fragment
const notSql: Sql = "select 1";
// @ts-expect-error nor any object
const notSqlEither: Sql = {};

// Parameters.
is<ReturnType<typeof sql.json>, JsonText>(true);
is<ReturnType<typeof sql.typed>, TypedParameter>(true);
is<ReturnType<typeof sql.varchar>, TypedParameter>(true);
is<ReturnType<typeof sql.out>, OutParameter>(true);
is<ReturnType<typeof sql.inout>, OutParameter>(true);
// @ts-expect-error varchar takes text
sql.varchar(5);
const byName: Parameters = { id: 1, to: sql.out("int") };
const byPosition: Parameters = [1, "a"] as const;

export { byName, byPosition, notIdentifier, notSql, notSqlEither };
