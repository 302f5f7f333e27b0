import {
  DaoBase,
  type Database,
  DatabaseManager,
  defineDatabase,
  defineTable,
  type Identifier,
  sql,
  TransactionalDao,
} from "@nsj/mdb-core";
import type { Subject, Traits } from "../conformance/subject.ts";
import type { TypeNames } from "../conformance/type-names.ts";

/** The entity that the suite works with: a generated key, a default, a boolean, JSON, an exact number, a soft deletion, a reserved word. */
export interface Member {
  readonly id: number;
  readonly email: string;
  readonly team: string | null;
  readonly active: boolean;
  /** Has a default in the database. */
  readonly score: number;
  readonly balance: string | null;
  readonly settings: unknown;
  /** Its column is called `order`, which every engine reserves. */
  readonly rank: number | null;
  readonly deletedAt: Date | null;
  readonly version: number;
}

/** An entity with a composite key and nothing generated. */
export interface Line {
  readonly orderId: number;
  readonly position: number;
  readonly sku: string;
}

/** A row whose key is of the type that a case is about. */
export interface Kept<V> {
  readonly id: V;
  readonly n: number;
}

/** Names that no other run on the same server uses. */
const suffix = `${process.pid.toString(36)}${Date.now().toString(36)}`;

export const members = defineTable<Member>(`dao_members_${suffix}`)
  .primaryKey("id")
  .generated("id", "score")
  .version("version")
  .softDelete("deletedAt")
  .columns({ deletedAt: "deleted_at", rank: "order" })
  .codecs({ active: "boolean", settings: "json" });

export const lines = defineTable<Line>(`dao_lines_${suffix}`)
  .primaryKey("orderId", "position")
  .columns({ orderId: "order_id" });

export class MemberDao extends DaoBase.for(members) {
  /** A query of its own, as a user writes it. */
  findByTeam(team: string): Promise<Member[]> {
    return this.query(sql`select ${this.columns} from ${this.table} where team = ${team} order by id`);
  }

  /** Rows of another shape. */
  async teams(): Promise<{ team: string; size: number }[]> {
    const rows = await this.query<{ team: string; size: number | bigint }>(
      sql`select team, count(*) as ${sql.identifier("size")} from ${this.table} group by team order by team`,
    );
    return rows.map(({ team, size }) => ({ team, size: Number(size) }));
  }

  oneOf(pattern: string): Promise<Member | undefined> {
    return this.queryMaybeOne(sql`select ${this.columns} from ${this.table} where email like ${pattern}`);
  }

  exactly(email: string): Promise<Member> {
    return this.queryOne(sql`select ${this.columns} from ${this.table} where email = ${email}`);
  }

  size(): Promise<unknown> {
    return this.queryScalar(sql`select count(*) from ${this.table}`);
  }

  async rename(from: string, to: string): Promise<number> {
    return (await this.execute(sql`update ${this.table} set email = ${to} where email = ${from}`)).rowCount;
  }

  /** A row of a plain query as an entity. */
  async oneByHand(email: string): Promise<Member> {
    return this.map(await this.executor.queryOne(sql`select * from ${this.table} where email = ${email}`));
  }
}

export class LineDao extends TransactionalDao.for(lines) {}

/** The tables of the suite on one engine, empty before each case. */
export class DaoBench {
  readonly #manager: DatabaseManager;
  readonly #subject: Subject;
  #kept = 0;
  readonly database: Database;
  readonly members: MemberDao;
  readonly lines: LineDao;

  constructor(subject: Subject) {
    this.#subject = subject;
    this.#manager = new DatabaseManager({ main: defineDatabase(subject.driver, subject.options()) });
    this.database = this.#manager.database("main");
    this.members = new MemberDao(this.database);
    this.lines = new LineDao(this.database);
  }

  /** Creates the tables. */
  async create(): Promise<void> {
    const { types, sql: engine } = this.#subject;
    const { integer, text, longText = text, decimal = integer, timestamp = text, boolean = integer } = types;
    const table = this.members.table;
    await this.database.execute(sql`create table ${table} (
      id ${sql.raw(engine.identityKey ?? integer)},
      email ${sql.raw(text)} not null unique,
      team ${sql.raw(text)},
      active ${sql.raw(boolean)} not null,
      score ${sql.raw(integer)} default 7 not null,
      balance ${sql.raw(decimal)},
      settings ${sql.raw(longText)},
      ${sql.identifier("order")} ${sql.raw(integer)},
      deleted_at ${sql.raw(timestamp)},
      version ${sql.raw(integer)} not null)`);
    await this.database.execute(sql`create table ${this.lines.table} (
      order_id ${sql.raw(integer)} not null, position ${sql.raw(integer)} not null, sku ${sql.raw(text)} not null,
      primary key (order_id, position))`);
  }

  /** What the engine does that no capability speaks of. */
  get traits(): Traits | undefined {
    return this.#subject.traits;
  }

  /** Digits of a second's fraction that a timestamp keeps. */
  get timestampDigits(): number {
    return this.#subject.traits?.timestampDigits ?? 6;
  }

  /** Statements that make a trigger on `table` that writes to `log`; `undefined` where the subject knows none. */
  get trigger(): Subject["sql"]["trigger"] {
    return this.#subject.sql.trigger;
  }

  /** How the contract's types are called here. */
  get types(): TypeNames {
    return this.#subject.types;
  }

  /** A table of one value and a number, for the time of `work`. @param type - the engine's own name */
  async withValues<V>(
    type: string,
    work: (dao: DaoBase<Kept<V>, never, "id">, table: Identifier) => Promise<void>,
  ): Promise<void> {
    await this.withTable(`id ${type}, n ${this.types.integer}`, async (table) => {
      const spec = defineTable<Kept<V>>(table.parts as [string]).primaryKey("id");
      await work(new DaoBase(spec, this.database) as DaoBase<Kept<V>, never, "id">, table);
    });
  }

  /** A table of its own, for the time of `work`. @param columns - in the engine's own words */
  async withTable(columns: string, work: (table: Identifier) => Promise<void>): Promise<void> {
    const table = sql.identifier(`dao_kept_${suffix}_${++this.#kept}`);
    await this.database.execute(sql`create table ${table} (${sql.raw(columns)})`);
    try {
      await work(table);
    } finally {
      await this.database.execute(sql`drop table ${table}`);
    }
  }

  /** Empties the tables. */
  async clear(): Promise<void> {
    await this.database.execute(sql`delete from ${this.members.table}`);
    await this.database.execute(sql`delete from ${this.lines.table}`);
  }

  /** Drops the tables and closes everything, also after a failure of either. */
  async dispose(): Promise<void> {
    try {
      await this.database.execute(sql`drop table ${this.members.table}`);
    } finally {
      try {
        await this.database.execute(sql`drop table ${this.lines.table}`);
      } finally {
        await this.#manager.close();
      }
    }
  }

  /** A member whose columns are what a case does not care about. */
  add(email: string, more: Partial<Omit<Member, "id" | "email" | "score" | "version">> = {}): Promise<Member> {
    return this.members.insert({ active: true, settings: null, ...more, email });
  }
}
