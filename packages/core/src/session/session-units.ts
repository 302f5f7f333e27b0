import { type MdbError, SessionClosedError } from "../errors/index.ts";
import { boundsFrom, watchBounds } from "./bounds.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";
import { type EventPlace, eventPlace } from "./diagnostics.ts";
import { Participant } from "./participant.ts";
import { currentScope, Scope } from "./scope.ts";
import { ServerTransaction } from "./server-transaction.ts";
import { commitUnit, rollbackUnit } from "./settle.ts";
import { checkSessionOptions, type SessionOptions } from "./transaction-options.ts";
import { openTransactionEvent } from "./transaction-trace.ts";
import { Unit } from "./unit.ts";
import { quiet } from "./unit-by-hand.ts";

/** The units of work of one session, one after another. Apart from the session, so that a forgotten session can be collected. */
export class SessionUnits {
  readonly #context: DatabaseContext;
  readonly #options: SessionOptions;
  readonly #around: Scope | undefined;
  readonly #unwatch: () => void;
  #current: Participant | undefined;
  /** The end of the unit before, while it is under way; the next statement waits for it. */
  #ending: Promise<void> | undefined;
  #closed: Promise<void> | undefined;
  /** Told once, when it is over and its last connection is back. */
  onEnd: () => void = () => {};

  /** @throws ConfigurationError, UnsupportedError when the engine lacks an option */
  constructor(context: DatabaseContext, options: SessionOptions, around: Scope | undefined) {
    checkSessionOptions(nameOf(context), options);
    this.#context = context;
    this.#options = options;
    this.#around = around;
    // Fails here rather than at the first statement when the engine lacks an option.
    this.#transaction();
    const { signal } = options;
    this.#unwatch = watchBounds(
      context,
      boundsFrom(context, { signal }),
      "the session",
      (why) => void this.#abort(why),
    );
  }

  get closed(): boolean {
    return this.#closed !== undefined;
  }

  get place(): EventPlace {
    return eventPlace(this.#context);
  }

  /** Whether a transaction has begun. */
  get begun(): boolean {
    return this.#current?.unit.connection !== undefined;
  }

  /** Runs `work` with the current unit, or a new one. What runs inside of a unit is part of that one, also while its end waits for it. */
  use<T>(work: (part: Participant) => Promise<T>): Promise<T> {
    if (this.#closed !== undefined) return Promise.reject(this.#closedError());
    const inside = partWith(this);
    if (inside?.refusal !== undefined) return Promise.reject(inside.refusal);
    if (this.#ending !== undefined && inside === undefined) return this.#ending.then(() => this.use(work));
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
    this.#closed ??= this.#close().finally(() => this.onEnd());
    return this.#closed;
  }

  forget(): void {
    this.#current?.unit.trace?.settled("rolled back");
    this.onEnd();
  }

  #transaction(): { readonly scope: Scope; readonly server: ServerTransaction } {
    const { clock, database } = this.#context;
    const scope = new Scope({ clock, describe: `session on "${database}"`, parent: this.#around });
    // It may turn out only to read: then others need not wait for it.
    const server = new ServerTransaction(this.#context, this.#options, scope, { writeLock: "late" });
    return { scope, server };
  }

  #begin(): Participant {
    const { signal, timeoutMs } = this.#options;
    const bounds = boundsFrom(this.#context, { signal });
    const unit = new Unit({ context: this.#context, ...this.#transaction(), bounds, options: this.#options });
    openTransactionEvent(unit, { kind: "session", propagation: "requires_new" });
    return new Participant({ unit, scope: unit.scope, bounds, limitMs: timeoutMs, owner: this });
  }

  #finish(end: (unit: Unit) => Promise<void>): Promise<void> {
    const refusal = this.#closed === undefined ? partWith(this)?.refusal : this.#closedError();
    if (refusal !== undefined) return Promise.reject(refusal);
    const done = this.#end(this.#ending, end);
    const settled = done.then(nothing, nothing);
    this.#ending = settled;
    void settled.then(() => {
      if (this.#ending === settled) this.#ending = undefined;
    });
    return done;
  }

  async #end(previous: Promise<void> | undefined, end: (unit: Unit) => Promise<void>): Promise<void> {
    if (previous !== undefined) await previous;
    const part = this.#current;
    if (part === undefined) return;
    await quiet(part.unit, "the session");
    // It may have been closed while it waited.
    if (this.#current === part) this.#current = undefined;
    part.finish();
    await end(part.unit);
  }

  async #close(): Promise<void> {
    this.#unwatch();
    const part = this.#current;
    this.#current = undefined;
    const previous = this.#ending;
    if (part !== undefined) {
      part.finish();
      await part.unit.end(this.#closedError());
      await rollbackUnit(part.unit, undefined, undefined);
    }
    await previous;
  }

  /** The caller gave up: what is open is rolled back now, and everything else fails until `rollback()` or `close()`. */
  async #abort(reason: MdbError): Promise<void> {
    const unit = this.#current?.unit;
    if (unit === undefined) return;
    unit.fail(reason);
    await unit.end(reason);
    await unit.server?.rollback();
  }

  #closedError(): SessionClosedError {
    return new SessionClosedError(`${nameOf(this.#context)}: the session is closed; take a new one`, this.#context);
  }
}

/** The part, over or not, that the calling code has in a unit of this owner. */
function partWith(owner: object): Participant | undefined {
  for (let at = currentScope(); at !== undefined; at = at.parent) {
    const { member } = at;
    if (!(member instanceof Participant)) continue;
    let { unit } = member;
    while (unit.parent !== undefined) unit = unit.parent;
    const whole = unit.scope.member;
    if (whole instanceof Participant && whole.owner === owner) return member;
  }
  return undefined;
}

const nothing = (): void => {};
