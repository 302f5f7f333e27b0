import { type MdbError, SessionClosedError, TransactionStateError } from "../errors/index.ts";
import type { Holder } from "../pool/index.ts";
import { type Bounds, boundsFrom, cancelled } from "./bounds.ts";
import { commitUnit, rollbackUnit } from "./complete.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";
import type { LeaseSource } from "./lease-source.ts";
import { Participation } from "./participation.ts";
import { PhysicalTransaction } from "./physical-transaction.ts";
import { checkSessionOptions, type SessionOptions } from "./transaction-options.ts";
import { UnitOfWork } from "./unit-of-work.ts";

/** The units of work of one session, one after another. Apart from the session, so that a forgotten session can be collected. */
export class SessionUnits {
  readonly #context: DatabaseContext;
  readonly #source: LeaseSource;
  readonly #options: SessionOptions;
  readonly #holder: Holder;
  readonly #onAbort: (() => void) | undefined;
  #current: Participation | undefined;
  /** The end of the unit before, while it is under way; the next statement waits for it. */
  #ending: Promise<unknown> | undefined;
  #closed: Promise<void> | undefined;

  constructor(context: DatabaseContext, source: LeaseSource, options: SessionOptions, holder: Holder) {
    checkSessionOptions(nameOf(context), options);
    this.#context = context;
    this.#source = source;
    this.#options = options;
    this.#holder = holder;
    // Fails here rather than at the first statement when the engine lacks an option.
    new PhysicalTransaction(context, source, options, this.#holder);
    const { signal } = options;
    if (signal !== undefined) {
      this.#onAbort = () => void this.#abort(cancelled(context, signal, "the session"));
      signal.addEventListener("abort", this.#onAbort, { once: true });
    }
  }

  get closed(): boolean {
    return this.#closed !== undefined;
  }

  /** Whether a transaction has begun. */
  get begun(): boolean {
    return this.#current?.unit.begun === true;
  }

  /** Runs `work` with the current unit, or a new one. */
  use<T>(work: (participation: Participation) => Promise<T>): Promise<T> {
    if (this.#closed !== undefined) return Promise.reject(this.#closedError());
    if (this.#ending !== undefined) return this.#ending.then(() => this.use(work));
    this.#current ??= this.#begin();
    return work(this.#current);
  }

  commit(): Promise<void> {
    return this.#finish((unit) => commitUnit(unit, undefined));
  }

  rollback(): Promise<void> {
    return this.#finish((unit) => rollbackUnit(unit, undefined, undefined));
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  #begin(): Participation {
    const physical = new PhysicalTransaction(this.#context, this.#source, this.#options, this.#holder);
    const { signal, timeoutMs } = this.#options;
    const bounds: Bounds = boundsFrom(this.#context, { signal });
    const unit = new UnitOfWork(this.#context, physical, bounds, this.#options);
    return new Participation(unit, bounds, timeoutMs);
  }

  async #finish(end: (unit: UnitOfWork) => Promise<void>): Promise<void> {
    if (this.#closed !== undefined) throw this.#closedError();
    if (this.#current?.unit.callerIsInside === true) {
      const message = `${nameOf(this.#context)}: the session cannot be ended inside its own savepoint; let its callback return first`;
      throw new TransactionStateError(message, this.#context);
    }
    const previous = this.#ending;
    const participation = this.#current;
    this.#current = undefined;
    const done = this.#end(previous, participation, end);
    const settled = done.then(
      () => {},
      () => {},
    );
    this.#ending = settled;
    await done.finally(() => {
      if (this.#ending === settled) this.#ending = undefined;
    });
  }

  async #end(
    previous: Promise<unknown> | undefined,
    participation: Participation | undefined,
    end: (unit: UnitOfWork) => Promise<void>,
  ): Promise<void> {
    await previous;
    if (participation === undefined) return;
    await participation.unit.quiet();
    participation.finish();
    await end(participation.unit);
  }

  async #close(): Promise<void> {
    if (this.#onAbort !== undefined) this.#options.signal?.removeEventListener("abort", this.#onAbort);
    const participation = this.#current;
    this.#current = undefined;
    const previous = this.#ending;
    if (participation !== undefined) {
      participation.finish();
      await participation.unit.end(this.#closedError());
      await rollbackUnit(participation.unit, undefined, undefined);
    }
    await previous;
  }

  /** The caller gave up: what is open is rolled back now, and everything else fails until `rollback()` or `close()`. */
  async #abort(reason: MdbError): Promise<void> {
    const unit = this.#current?.unit;
    if (unit === undefined) return;
    unit.fail(reason);
    await unit.end(reason);
    await unit.physical.rollback();
  }

  #closedError(): SessionClosedError {
    return new SessionClosedError(`${nameOf(this.#context)}: the session is closed; take a new one`, this.#context);
  }
}
