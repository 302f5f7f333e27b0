import type { BackingResult, PostgresSession } from "../../shared/postgres-session.ts";
import type { OracleColumn, OracleValue } from "../values/oracle-type.ts";
import type { RowSource } from "./engine.ts";
import { OracleError } from "./oracle-error.ts";
import { type FailedStatement, oracleErrorFrom } from "./postgres-errors.ts";
import { type Exclusive, ReadAhead, valuesOf } from "./read-ahead.ts";
import type { RenderedText } from "./render.ts";
import type { ResultTypes } from "./result-columns.ts";

/** What a change of rows gave. */
export interface Changed<Result> {
  readonly result: Result;
  /** Rows were changed or locked, so that there is something to commit. */
  readonly changed: boolean;
}

const blockSavepoint = "wire_block";

/**
 * The work of one Oracle session on its PostgreSQL session, by Oracle's rules: a transaction begins by itself with the first change, a failing
 * statement undoes itself only, the rows of a query are pulled as they are asked for and survive the end of the transaction.
 */
export class BackingWork {
  readonly #session: PostgresSession;
  readonly #types: ResultTypes;
  #lane: Promise<unknown> = Promise.resolve();
  #running = 0;
  readonly #reading: ReadAhead;
  #changed = false;
  #savepoints: string[] = [];
  /** Counts what ends a transaction or takes it back to before a block. */
  #epoch = 0;
  #insideBlock = false;

  constructor(session: PostgresSession, types: ResultTypes) {
    this.#session = session;
    this.#types = types;
    this.#reading = new ReadAhead(session, types);
  }

  get changed(): boolean {
    return this.#changed;
  }

  /** Runs work that changes or locks rows; alone, and as one statement. */
  change<Result>(about: FailedStatement, work: () => Promise<Changed<Result>>): Promise<Result> {
    return this.#exclusive(about, async () => {
      await this.#reading.settle();
      const began = this.#session.status === "idle";
      if (began) await this.#session.begin();
      try {
        const { result, changed } = await this.#session.statement(work);
        if (changed) this.#changed = true;
        else if (began) await this.#session.rollback();
        return result;
      } catch (error) {
        if (began && this.#session.status !== "idle") await this.#session.rollback();
        throw error;
      }
    });
  }

  /**
   * Runs a block of PL/SQL: alone, and undone as a whole where it fails, as far as it has not committed by itself. Inside, the other methods can be
   * called one at a time.
   */
  block<Result>(about: FailedStatement, work: () => Promise<Result>): Promise<Result> {
    if (this.#insideBlock) return work();
    return this.#exclusive(about, async () => {
      await this.#reading.settle();
      const began = this.#session.status === "idle";
      if (began) await this.#session.begin();
      await this.#session.run(`SAVEPOINT ${blockSavepoint}`);
      const epoch = this.#epoch;
      const savepoints = this.#savepoints.length;
      const isWhole = () => this.#epoch === epoch && this.#session.status !== "idle";
      this.#insideBlock = true;
      try {
        const result = await work();
        await this.#reading.settle();
        // Releasing it would release the savepoints that were set behind it.
        if (isWhole() && this.#savepoints.length === savepoints)
          await this.#session.run(`RELEASE SAVEPOINT ${blockSavepoint}`);
        // Not rolled back, because that would undo settings of the session too.
        if (isWhole() && began && !this.#changed) await this.#session.commit();
        return result;
      } catch (error) {
        await this.#reading.settle();
        if (isWhole()) {
          await this.#session.undo(`ROLLBACK TO SAVEPOINT ${blockSavepoint}; RELEASE SAVEPOINT ${blockSavepoint}`);
          this.#savepoints.length = savepoints;
          if (began) {
            this.#changed = false;
            await this.#session.rollback();
          }
        }
        throw error;
      } finally {
        this.#insideBlock = false;
      }
    });
  }

  /** Runs one text; inside `change` only. */
  async run({ text, values }: RenderedText): Promise<BackingResult> {
    return this.#session.run(text, values);
  }

  /** Runs a query and reads its first rows; the rest follows when it is asked for. */
  query(about: FailedStatement, rendered: RenderedText, first: number): Promise<RowSource> {
    const exclusive: Exclusive = (work) => this.#exclusive(about, work);
    return exclusive(async () => {
      await this.#reading.settle();
      return this.#reading.query(rendered, first, exclusive);
    });
  }

  /** Rows that a statement gave all at once. */
  values(result: BackingResult): { readonly columns: readonly OracleColumn[]; readonly rows: OracleValue[][] } {
    const columns = result.columns.map((column) => this.#types.column(column));
    return { columns, rows: result.rows.map((row) => valuesOf(columns, row)) };
  }

  /** Runs a definition: commits what is open before and what it does after. */
  define(about: FailedStatement, statements: readonly string[]): Promise<void> {
    return this.#exclusive(about, async () => {
      await this.#finish("commit");
      await this.#session.begin();
      try {
        // Oracle does not wait for others; PostgreSQL needs a moment even where nobody is in the way.
        await this.#session.script("SET LOCAL lock_timeout = '2s'");
        for (const statement of statements) await this.#session.run(statement);
        await this.#session.commit();
      } catch (error) {
        if (this.#session.status !== "idle") await this.#session.rollback();
        throw error;
      }
    });
  }

  commit(): Promise<void> {
    return this.#exclusive(nothing, () => this.#finish("commit"));
  }

  rollback(): Promise<void> {
    return this.#exclusive(nothing, () => this.#finish("rollback"));
  }

  /** Begins a transaction in a mode, which must be its first statement. */
  begin(mode: string): Promise<void> {
    return this.#exclusive(nothing, async () => {
      if (this.#changed) throw new OracleError(1453, "SET TRANSACTION must be first statement of transaction");
      await this.#finish("rollback");
      await this.#session.begin(mode);
    });
  }

  savepoint(name: string): Promise<void> {
    return this.#exclusive(nothing, async () => {
      await this.#reading.settle();
      if (this.#session.status === "idle") await this.#session.begin();
      await this.#session.run(`SAVEPOINT ${name}`);
      this.#savepoints.push(name);
    });
  }

  rollbackTo(name: string, plainName: string): Promise<void> {
    return this.#exclusive(nothing, async () => {
      const at = this.#savepoints.lastIndexOf(name);
      if (at < 0) {
        throw new OracleError(1086, `savepoint '${plainName}' never established in this session or is invalid`);
      }
      await this.#reading.settle();
      await this.#session.run(`ROLLBACK TO SAVEPOINT ${name}`);
      this.#savepoints.length = at + 1;
      this.#epoch += 1;
    });
  }

  /** Runs statements that are about the session and not about data. */
  configure(text: string): Promise<void> {
    return this.#exclusive(nothing, async () => {
      await this.#reading.settle();
      await this.#session.script(text);
    });
  }

  /** Reads what is left of an open query, so that its locks do not stand in the way of another session's definitions. */
  async releaseReads(): Promise<void> {
    if (this.#running === 0) await this.#exclusive(nothing, () => this.#reading.settle());
  }

  async #finish(how: "commit" | "rollback"): Promise<void> {
    await this.#reading.settle();
    try {
      if (this.#session.status === "idle") return;
      if (how === "rollback") await this.#session.rollback();
      else await this.#commit();
    } finally {
      if (this.#session.status === "idle") this.#ended();
    }
  }

  async #commit(): Promise<void> {
    try {
      if (this.#changed) await this.#session.run("CALL ora.end_transaction()");
      await this.#session.commit();
    } catch (error) {
      const cause = oracleErrorFrom(error, nothing);
      if (this.#session.status !== "idle" || !(cause instanceof OracleError)) throw cause;
      throw new OracleError(2091, `transaction rolled back\n${cause.message}`);
    }
  }

  #ended(): void {
    this.#epoch += 1;
    this.#changed = false;
    this.#savepoints = [];
  }

  async #exclusive<Result>(about: FailedStatement, work: () => Promise<Result>): Promise<Result> {
    if (this.#insideBlock) {
      try {
        return await work();
      } catch (error) {
        throw oracleErrorFrom(error, about);
      }
    }
    const mine = this.#lane.then(work);
    this.#lane = mine.catch(() => undefined);
    this.#running += 1;
    try {
      return await mine;
    } catch (error) {
      throw oracleErrorFrom(error, about);
    } finally {
      this.#running -= 1;
    }
  }
}

const nothing: FailedStatement = { text: "", verb: "", schema: "" };
