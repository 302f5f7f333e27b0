import type { ResultSet } from "../driver/index.ts";
import { DeadlockError, ParameterError, TooManyRowsError, UniqueViolationError } from "../errors/index.ts";
import { type Executor, type ExecutorInternals, internalsOf, type StatementOptions } from "../session/index.ts";
import { sql } from "../sql/index.ts";
import { duplicateKeyWrite, outcomes } from "./duplicate-key.ts";
import { unlessMergeIsRefused } from "./merge.ts";
import { lockingRead } from "./read-back.ts";
import { withoutExtra, writeReturning } from "./returning.ts";
import type { TableAccess } from "./table-access.ts";
import {
  type Conflict,
  changedProperties,
  conflictCondition,
  type MarkedWrite,
  mergeWrite,
  onConflictNothing,
  onConflictUpdate,
} from "./upsert-writes.ts";
import type { Upserted } from "./write-options.ts";
import { type AnyEntity, insertWrite, updateWrite, writtenProperties } from "./writes.ts";

type AnyUpserted = Upserted<Record<string, unknown>>;

/** How often a statement that stands alone is sent in all, when the server makes it the victim of a deadlock. */
const attempts = 3;

/** Inserts an entity, or updates the one with the same values in `conflict`, atomically. */
export class Upsert implements Conflict {
  readonly access: TableAccess;
  readonly entity: AnyEntity;
  readonly conflict: readonly string[];
  readonly properties: readonly string[];

  /** @throws ParameterError when `conflict` is no list of columns, or the entity does not name them */
  constructor(access: TableAccess, entity: AnyEntity, conflict: unknown) {
    const { spec } = access;
    this.access = access;
    this.entity = entity;
    this.properties = writtenProperties(spec, entity, spec.key);
    this.conflict = checkedConflict(access, conflict);
    const missing = this.conflict.filter((it) => !this.properties.includes(it) || entity[it] === null);
    if (this.conflict.length === 0 || missing.length > 0) {
      const what =
        missing.length > 0 ? `needs a value for ${missing.join(", ")}` : "needs a primary key or conflict columns";
      throw new ParameterError(`${spec.name.join(".")}: upsert ${what}`, { parameters: missing });
    }
  }

  /** What the entity is looked for by. */
  get key(): readonly unknown[] {
    return this.conflict.map((it) => this.entity[it]);
  }

  /** Runs it, in one statement where the engine can. Where no transaction is around it, it is run again when it lost a deadlock. */
  alone(options: StatementOptions): Promise<AnyUpserted> {
    return this.#run(this.access.inner, options, false);
  }

  /** Runs it inside a transaction. */
  within(inner: ExecutorInternals, options: StatementOptions): Promise<AnyUpserted> {
    return this.#run(inner, options, true);
  }

  async #run(inner: ExecutorInternals, options: StatementOptions, isAtomic: boolean): Promise<AnyUpserted> {
    const { dialect } = inner.context;
    const inserted = dialect.returning.insert === "none" ? null : dialect.upsertInserted;
    switch (dialect.upsert) {
      case "on-conflict":
        if (inserted !== null) return this.#marked(inner, onConflictUpdate(this, dialect, inserted), options);
        return inner.atomically((executor) => this.#insertFirst(internals(executor), options), true);
      case "on-duplicate-key":
        return inner.atomically((executor) => this.#onDuplicateKey(internals(executor), options), true);
      case "merge": {
        const merge = inserted === null || this.#namesGenerated ? undefined : mergeWrite(this, dialect, inserted);
        if (merge === undefined) return this.#inSteps(inner, options);
        const whole = () => this.#merge(inner, merge, options, isAtomic);
        return unlessMergeIsRefused(inner.context, whole, () => this.#inSteps(inner, options));
      }
      case "none":
        return this.#inSteps(inner, options);
    }
  }

  /** In several statements, each of which the engine has. */
  #inSteps(inner: ExecutorInternals, options: StatementOptions): Promise<AnyUpserted> {
    // Statements that each commit by themselves will do, where only one of them can have an effect.
    if (inner.commitsAlone() && this.#isByKey && inner.context.dialect.returning.update !== "none")
      return this.#updateFirst(inner, () => this.#insert(inner, options), options);
    return inner.atomically((executor) => {
      const insert = () => executor.transaction((savepoint) => this.#insert(internals(savepoint), options));
      return this.#updateFirst(internals(executor), insert, options);
    }, true);
  }

  /** A key is unique; of other columns only the number of rows tells, and then there must be something to take back. */
  get #isByKey(): boolean {
    const key: readonly string[] = this.access.spec.key;
    return key.length > 0 && key.every((it) => this.conflict.includes(it));
  }

  /** SQL Server refuses a MERGE that would insert into an identity column, whether it inserts or not (error 544). */
  get #namesGenerated(): boolean {
    return this.properties.some((it) => this.access.spec.generatedColumns.includes(it as never));
  }

  #merge(inner: ExecutorInternals, merge: MarkedWrite, options: StatementOptions, isAtomic: boolean) {
    if (isAtomic || this.#isByKey) return this.#marked(inner, merge, options);
    return inner.atomically((executor) => this.#marked(internals(executor), merge, options), true);
  }

  async #marked(inner: ExecutorInternals, marked: MarkedWrite, options: StatementOptions): Promise<AnyUpserted> {
    const isAlone = inner === this.access.inner && this.access.isAlone;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#markedOnce(inner, marked, options);
      } catch (error) {
        if (!(error instanceof DeadlockError) || !isAlone || attempt === attempts) throw error;
      }
    }
  }

  async #markedOnce(
    inner: ExecutorInternals,
    { write, extra }: MarkedWrite,
    options: StatementOptions,
  ): Promise<AnyUpserted> {
    const { result, values } = withoutExtra(await writeReturning(inner, write, options, extra), extra);
    const [value] = values;
    const inserted = value === true || value === 1 || value === 1n || value === "1" || value === "t";
    return this.#upserted(result, inserted);
  }

  /**
   * For engines whose upsert takes any unique key: it changes a row only where the conflict columns match, and leaves a mark that tells what
   * it met. A row that is there under the conflict columns, while another one was met first, is updated by itself.
   */
  async #onDuplicateKey(inner: ExecutorInternals, options: StatementOptions): Promise<AnyUpserted> {
    const { dialect } = inner.context;
    const { write, read, extra } = duplicateKeyWrite(this, dialect);
    await this.access.send(write, options, inner);
    const { result, values } = withoutExtra(await this.access.send(lockingRead(read, inner), options, inner), extra);
    const met = Number(values[0] ?? outcomes.another);
    if (met !== outcomes.another) return this.#upserted(result, met === outcomes.inserted);
    const updated = await this.#update(inner, options);
    if (updated.rows.length > 0) return this.#upserted(updated, false);
    const message = `${this.access.place}: an upsert by ${this.conflict.join(", ")} met another row by another unique constraint; nothing is changed`;
    throw new UniqueViolationError(message, inner.context);
  }

  /** For engines that refuse a target which is not unique, and whose single statement cannot tell an insert from an update. */
  async #insertFirst(inner: ExecutorInternals, options: StatementOptions): Promise<AnyUpserted> {
    const result = await writeReturning(inner, onConflictNothing(this, inner.context.dialect), options);
    if (result.rows.length > 0) return this.#upserted(result, true);
    return this.#upserted(await this.#update(inner, options), false);
  }

  /**
   * For engines that know no better: update; when nothing was there, insert; when somebody else was quicker, update what they inserted.
   *
   * @param insert - inside a savepoint, where a transaction is around it
   */
  async #updateFirst(
    inner: ExecutorInternals,
    insert: () => Promise<ResultSet>,
    options: StatementOptions,
  ): Promise<AnyUpserted> {
    const updated = await this.#update(inner, options);
    if (updated.rows.length > 0) return this.#upserted(updated, false);
    try {
      return await this.#upserted(await insert(), true);
    } catch (error) {
      if (!(error instanceof UniqueViolationError)) throw error;
      const retried = await this.#update(inner, options);
      // Nothing there: it was another unique constraint than the conflict columns'.
      if (retried.rows.length === 0) throw error;
      return this.#upserted(retried, false);
    }
  }

  async #upserted(result: ResultSet, inserted: boolean): Promise<AnyUpserted> {
    if (result.rows.length > 1) {
      const { access, conflict } = this;
      const message = `${access.place}: an upsert found ${result.rows.length} rows, because ${conflict.join(", ")} is not unique; nothing is changed`;
      throw new TooManyRowsError(message, access.inner.context);
    }
    return { entity: await this.access.one(result), inserted };
  }

  #update(inner: ExecutorInternals, options: StatementOptions): Promise<ResultSet> {
    const { dialect } = inner.context;
    const { spec, columns } = this.access;
    const condition = conflictCondition(this, dialect);
    const changed = changedProperties(this);
    if (changed.length === 0 && spec.versionColumn === undefined) {
      // Nothing to change: the key takes its own value, so that the row comes back.
      const [first] = this.conflict as readonly [string, ...string[]];
      const own = sql`update ${columns.table} set ${columns.of(first)} = ${columns.of(first)}`;
      const tail = sql`where ${condition}`;
      const write = { verb: "update", columns, head: own, tail, find: () => () => condition } as const;
      return writeReturning(inner, write, options);
    }
    const changes = Object.fromEntries(changed.map((it) => [it, this.entity[it]]));
    return writeReturning(inner, updateWrite(spec, columns, changes, condition, dialect, condition), options);
  }

  #insert(inner: ExecutorInternals, options: StatementOptions): Promise<ResultSet> {
    const { spec, columns } = this.access;
    const { dialect } = inner.context;
    const find = () => () => conflictCondition(this, dialect);
    const write = { ...insertWrite(spec, columns, this.properties, [this.entity], dialect), find };
    return writeReturning(inner, write, options);
  }
}

function checkedConflict({ spec, place }: TableAccess, conflict: unknown): readonly string[] {
  if (conflict === undefined) return spec.key;
  const isList = Array.isArray(conflict) && conflict.length > 0 && conflict.every((it) => typeof it === "string");
  if (isList && new Set(conflict).size === conflict.length) return conflict as readonly string[];
  throw new ParameterError(`${place}: "conflict" is a list of columns, each once`, { parameters: ["conflict"] });
}

function internals(executor: Executor): ExecutorInternals {
  const inner = internalsOf(executor);
  if (inner === undefined) throw new ParameterError("a DAO works with a Database, Session or Transaction");
  return inner;
}
