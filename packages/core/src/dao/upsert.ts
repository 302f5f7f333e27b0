import type { ResultSet } from "../driver/index.ts";
import { ParameterError, UniqueViolationError } from "../errors/index.ts";
import { type Executor, type ExecutorInternals, internalsOf, type StatementOptions } from "../session/index.ts";
import { type Sql, sql } from "../sql/index.ts";
import type { AnyTable, Columns } from "./columns.ts";
import { writeReturning } from "./returning.ts";
import { type AnyEntity, insertWrite, updateWrite, writtenProperties } from "./writes.ts";

/** What became of one entity. */
export interface UpsertOutcome {
  readonly result: ResultSet;
  readonly inserted: boolean;
}

/** The extra column that tells an insert from an update. */
const marker = "mdb_inserted";

/** Inserts an entity, or updates the one with the same values in `conflict`, atomically. */
export class Upsert {
  readonly #spec: AnyTable;
  readonly #columns: Columns;
  readonly #entity: AnyEntity;
  readonly #conflict: readonly string[];
  readonly #properties: readonly string[];

  /** @throws ParameterError when the entity does not name the conflict columns */
  constructor(spec: AnyTable, columns: Columns, entity: AnyEntity, conflict: readonly string[] = []) {
    this.#spec = spec;
    this.#columns = columns;
    this.#entity = entity;
    this.#conflict = conflict.length > 0 ? conflict : spec.key;
    this.#properties = writtenProperties(spec, entity, spec.key);
    const missing = this.#conflict.filter((it) => !this.#properties.includes(it));
    if (this.#conflict.length === 0 || missing.length > 0) {
      const what =
        missing.length > 0 ? `needs a value for ${missing.join(", ")}` : "needs a primary key or conflict columns";
      throw new ParameterError(`${spec.name.join(".")}: upsert ${what}`, { parameters: missing });
    }
  }

  async run(executor: ExecutorInternals, options: StatementOptions): Promise<UpsertOutcome> {
    const { dialect } = executor.context;
    if (dialect.upsert === "on-conflict" && dialect.upsertInserted !== null) {
      return this.#onConflict(executor, options, dialect.upsertInserted);
    }
    // SQL Server refuses a MERGE that would insert into an identity column, whether it inserts or not (error 544).
    const isGenerated = this.#properties.some((it) => this.#spec.generatedColumns.includes(it as never));
    if (dialect.upsert === "merge" && dialect.returning === "output" && !isGenerated) {
      return this.#merge(executor, options);
    }
    return executor.atomically((inner) => this.#inTwoSteps(inner, options));
  }

  async #onConflict(executor: ExecutorInternals, options: StatementOptions, inserted: string): Promise<UpsertOutcome> {
    const { dialect } = executor.context;
    const write = insertWrite(this.#spec, this.#columns, this.#properties, [this.#entity], dialect);
    const target = this.#columns.list(this.#conflict);
    const tail = sql`${write.tail} on conflict (${target}) do update set ${this.#fromExcluded()}`;
    const result = await writeReturning(executor, { ...write, tail }, options, {
      name: marker,
      expression: inserted,
      sample: "",
    });
    return split(result);
  }

  /** Every written column takes the new value; with nothing else to write, the key takes its own, so that the row comes back. */
  #fromExcluded(): Sql {
    const version = this.#spec.versionColumn;
    const changed = this.#properties.filter((it) => !this.#conflict.includes(it));
    const parts = (changed.length > 0 ? changed : this.#conflict).map((property) => {
      const column = this.#columns.of(property);
      return sql`${column} = excluded.${column}`;
    });
    if (version !== undefined) {
      parts.push(sql`${this.#columns.of(version)} = ${this.#columns.table}.${this.#columns.of(version)} + 1`);
    }
    return sql.join(parts);
  }

  /**
   * HOLDLOCK keeps the range of the key locked between looking and inserting; without it two merges of one key collide.
   * https://learn.microsoft.com/sql/t-sql/statements/merge-transact-sql
   */
  async #merge(executor: ExecutorInternals, options: StatementOptions): Promise<UpsertOutcome> {
    const { dialect } = executor.context;
    const columns = this.#columns;
    const version = this.#spec.versionColumn;
    const values = this.#properties.map((it) => columns.stored(it, this.#entity[it], dialect));
    const match = this.#conflict.map((it) => sql`target.${columns.of(it)} = source.${columns.of(it)}`);
    const changed = this.#properties.filter((it) => !this.#conflict.includes(it));
    const set = changed.map((it) => sql`${columns.of(it)} = source.${columns.of(it)}`);
    if (version !== undefined) set.push(sql`${columns.of(version)} = target.${columns.of(version)} + 1`);
    if (set.length === 0) return executor.atomically((inner) => this.#inTwoSteps(inner, options));
    const names = version === undefined ? this.#properties : [...this.#properties, version];
    const sources = this.#properties.map((it) => sql`source.${columns.of(it)}`);
    const inserts = version === undefined ? sources : [...sources, sql`1`];
    const head = sql`merge into ${columns.table} with (holdlock) as target
using (${sql.values([values])}) as source (${columns.list(this.#properties)}) on ${sql.and(match)}
when matched then update set ${sql.join(set)}
when not matched then insert (${columns.list(names)}) values (${sql.join(inserts)})`;
    const write = { table: columns.table, head, tail: sql.empty };
    const expression = "case $action when 'INSERT' then 1 else 0 end";
    return split(await writeReturning(executor, write, options, { name: marker, expression, sample: "1" }));
  }

  /**
   * For engines whose single statement cannot tell an insert from an update: update; when nothing was there, insert inside a savepoint;
   * when somebody else was quicker, update what they inserted. All in one transaction.
   */
  async #inTwoSteps(executor: Executor, options: StatementOptions): Promise<UpsertOutcome> {
    const updated = await this.#update(internals(executor), options);
    if (updated.rows.length > 0) return { result: updated, inserted: false };
    try {
      const result = await executor.transaction((inner) => this.#insert(internals(inner), options));
      return { result, inserted: true };
    } catch (error) {
      if (!(error instanceof UniqueViolationError)) throw error;
      const retried = await this.#update(internals(executor), options);
      // Nothing there: it was another unique constraint than the conflict columns'.
      if (retried.rows.length === 0) throw error;
      return { result: retried, inserted: false };
    }
  }

  #update(executor: ExecutorInternals, options: StatementOptions): Promise<ResultSet> {
    const { dialect } = executor.context;
    const columns = this.#columns;
    const condition = sql.and(
      this.#conflict.map((it) => sql`${columns.of(it)} = ${columns.encode(it, this.#entity[it], dialect)}`),
    );
    const changed = this.#properties.filter(
      (it) => !this.#conflict.includes(it) && !this.#spec.key.includes(it as never),
    );
    if (changed.length === 0 && this.#spec.versionColumn === undefined) {
      // Nothing to change: the key takes its own value, so that the row comes back.
      const [first] = this.#conflict as [string];
      const own = sql`update ${columns.table} set ${columns.of(first)} = ${columns.of(first)}`;
      return writeReturning(executor, { table: columns.table, head: own, tail: sql`where ${condition}` }, options);
    }
    const changes = Object.fromEntries(changed.map((it) => [it, this.#entity[it]]));
    return writeReturning(executor, updateWrite(this.#spec, columns, changes, condition, dialect), options);
  }

  #insert(executor: ExecutorInternals, options: StatementOptions): Promise<ResultSet> {
    const { dialect } = executor.context;
    const write = insertWrite(this.#spec, this.#columns, this.#properties, [this.#entity], dialect);
    return writeReturning(executor, write, options);
  }
}

/** Takes the marker out of a result. */
function split(result: ResultSet): UpsertOutcome {
  const at = result.columns.findIndex(({ name }) => name === marker);
  const value = result.rows[0]?.[at];
  const inserted = value === true || value === 1 || value === 1n || value === "1" || value === "t";
  const columns = result.columns.filter((_, index) => index !== at);
  const rows = result.rows.map((row) => row.filter((_, index) => index !== at));
  return { result: { ...result, columns, rows }, inserted };
}

function internals(executor: Executor): ExecutorInternals {
  const inner = internalsOf(executor);
  if (inner === undefined) throw new ParameterError("a DAO works with a Database, Session or Transaction");
  return inner;
}
