import {
  type BeginOptions,
  type DriverConnection,
  DriverFault,
  type OperationContext,
  type ResultSet,
  type RowStream,
  type Statement,
  UnsupportedError,
} from "@nsj/mdb-core";
import type { Level, Levels } from "./levels.ts";
import { refusedText } from "./refused-texts.ts";
import type { Place } from "./stand-in.ts";

/** What all levels of a test's connection have in common. */
export interface Shared {
  readonly place: Place;
  readonly levels: Levels;
  readonly real: DriverConnection;
  /** What the code under test may ask for although it does not get it. */
  readonly allowed: ReadonlySet<string>;
  readonly over: boolean;
  /** A name that no savepoint of this test has had. */
  nextName(): string;
  /** @throws TransactionStateError when the test's transaction is gone */
  check(): void;
}

/**
 * What the code under test takes for a connection of its own: its transaction is a savepoint, and each statement outside of one has a savepoint around it.
 */
export class LevelConnection implements DriverConnection {
  onFatal: ((error: unknown) => void) | null = null;
  readonly stream?: NonNullable<DriverConnection["stream"]>;
  readonly call?: NonNullable<DriverConnection["call"]>;
  readonly executeMany?: NonNullable<DriverConnection["executeMany"]>;
  readonly bulkLoad?: NonNullable<DriverConnection["bulkLoad"]>;
  readonly cancel?: NonNullable<DriverConnection["cancel"]>;
  readonly savepoint?: NonNullable<DriverConnection["savepoint"]>;
  readonly rollbackTo?: NonNullable<DriverConnection["rollbackTo"]>;
  readonly releaseSavepoint?: NonNullable<DriverConnection["releaseSavepoint"]>;
  readonly ping?: NonNullable<DriverConnection["ping"]>;
  readonly #shared: Shared;
  readonly #level: Level;
  /** The savepoint that stands for its transaction. */
  #transaction: string | undefined;
  #dead = false;

  constructor(shared: Shared, level: Level) {
    this.#shared = shared;
    this.#level = level;
    const { real } = shared;
    const savepointName = (name: string): string => `${this.#transaction}${name}`;
    // What the engine lacks is not there either.
    if (real.stream !== undefined)
      this.stream = (statement, { fetchSize, ...context }) => this.#readAtOnce(statement, fetchSize, context);
    if (real.call !== undefined)
      this.call = (call, context) => this.#guarded(() => real.call?.(call, context) as ResultSet);
    if (real.executeMany !== undefined)
      this.executeMany = (text, sets, context, hints) =>
        this.#guarded(() => real.executeMany?.(text, sets, context, hints) as { affected: number | null }, text);
    if (real.bulkLoad !== undefined)
      this.bulkLoad = (target, batches, context) =>
        this.#guarded(() => real.bulkLoad?.(target, batches, context) as Promise<{ rows: number }>);
    if (real.savepoint !== undefined) this.savepoint = (name) => this.#run(() => real.savepoint?.(savepointName(name)));
    if (real.rollbackTo !== undefined)
      this.rollbackTo = (name) => this.#run(() => real.rollbackTo?.(savepointName(name)));
    if (real.releaseSavepoint !== undefined)
      this.releaseSavepoint = (name) => this.#run(() => real.releaseSavepoint?.(savepointName(name)));
    if (real.ping !== undefined) this.ping = (context) => this.#run(() => real.ping?.(context));
    if (real.cancel !== undefined)
      this.cancel = async (context) => {
        if (shared.levels.runs(level)) await real.cancel?.(context);
      };
  }

  get usable(): boolean {
    return !this.#dead && !this.#shared.over && this.#shared.real.usable;
  }

  get txStatus(): DriverConnection["txStatus"] {
    return this.#transaction === undefined ? "idle" : this.#shared.real.txStatus;
  }

  get txEnded(): number {
    return this.#shared.real.txEnded ?? 0;
  }

  get dirty(): boolean {
    return this.#shared.real.dirty ?? false;
  }

  set dirty(_dirty: boolean) {
    // The real connection says so itself, and keeps it until the test is over.
  }

  query(statement: Statement, context: OperationContext): Promise<ResultSet> {
    return this.#guarded(() => this.#shared.real.query(statement, context), statement.text);
  }

  async begin(options: BeginOptions): Promise<void> {
    this.#refuse(options);
    const name = this.#shared.nextName();
    await this.#run(() => this.#shared.real.savepoint?.(name));
    this.#transaction = name;
  }

  async commit(): Promise<void> {
    const name = this.#transaction;
    if (name === undefined) return;
    if (this.#shared.real.txStatus !== "active") {
      throw new DriverFault("there is no transaction to commit: a statement of it had failed", { kind: "other" });
    }
    await this.#run(() => this.#shared.real.releaseSavepoint?.(name));
    this.#transaction = undefined;
  }

  async rollback(): Promise<void> {
    const name = this.#transaction;
    if (name === undefined) return;
    if (this.usable) await this.#run(() => this.#undo(name));
    this.#transaction = undefined;
  }

  destroy(reason?: unknown): void {
    if (this.#dead) return;
    this.#dead = true;
    // What cannot be stopped would go on inside the test's transaction.
    if (!this.#shared.over) this.#shared.real.destroy(reason);
  }

  async close(): Promise<void> {}

  async listPrepared(): Promise<readonly never[]> {
    return [];
  }

  /** Isolation and the like belong to the test's transaction, which has begun. */
  #refuse({ isolation, readOnly, deferrable }: BeginOptions): void {
    const asked = { isolation, readOnly: readOnly === true || undefined, deferrable: deferrable === true || undefined };
    const { place, allowed } = this.#shared;
    for (const [option, value] of Object.entries(asked)) {
      if (value === undefined || allowed.has(option)) continue;
      throw new UnsupportedError(
        `${place.database} (${place.engine}): "${option}" cannot be had in a test that is rolled back: its transaction has begun; ` +
          `rollbackEach(..., { ignore: ["${option}"] }) runs it without`,
        place,
      );
    }
  }

  /** Runs a statement; outside of a transaction inside of a savepoint of its own. */
  #guarded<T>(work: () => T | Promise<T>, text?: string): Promise<T> {
    const { place, real } = this.#shared;
    const why = text === undefined ? undefined : refusedText(text, place.dialect.transactionalDdl);
    if (why !== undefined)
      return Promise.reject(new UnsupportedError(`${place.database} (${place.engine}): ${why}`, place));
    return this.#run(async () => {
      if (this.#transaction !== undefined) return work();
      const name = this.#shared.nextName();
      await real.savepoint?.(name);
      try {
        const result = await work();
        await real.releaseSavepoint?.(name);
        return result;
      } catch (error) {
        await this.#undo(name);
        throw error;
      }
    });
  }

  async #undo(name: string): Promise<void> {
    const { real } = this.#shared;
    if (!real.usable || real.txStatus === "idle") return;
    await real.rollbackTo?.(name);
    await real.releaseSavepoint?.(name);
  }

  #run<T>(work: () => T | Promise<T>): Promise<T> {
    return this.#shared.levels.run(this.#level, async () => {
      const result = await work();
      this.#shared.check();
      return result;
    });
  }

  /** Rows on their way would be in the way of everything else on the one connection. */
  #readAtOnce(statement: Statement, fetchSize: number, context: OperationContext): RowStream {
    let result: ResultSet | undefined;
    let at = 0;
    const alone = (): boolean => this.#transaction === undefined;
    const leave = (): void => this.#shared.levels.leave(this.#level);
    return {
      get columns() {
        return result?.columns ?? [];
      },
      read: async () => {
        if (result === undefined) {
          const wasAlone = alone();
          result = await this.query(statement, context);
          if (wasAlone) leave();
        }
        const rows = result.rows.slice(at, at + fetchSize);
        at += rows.length;
        return rows.length === 0 ? null : rows;
      },
      close: () => {},
    };
  }
}
