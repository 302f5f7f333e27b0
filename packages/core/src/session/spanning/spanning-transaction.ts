import type { Isolation, MaybePromise } from "../../driver/index.ts";
import type { MdbError } from "../../errors/index.ts";
import type { BeginDetails } from "../begin-options.ts";
import type { Bounds } from "../bounds.ts";
import { type DatabaseContext, isMemberAlone } from "../database-context.ts";
import type { Transaction } from "../executor.ts";
import { handleOf, newTransaction } from "../propagate.ts";
import type { Attempt } from "../retry.ts";
import { currentScope, runInScope, type Scope } from "../scope.ts";
import { noSessionOptions } from "../transaction-options.ts";
import { openTransactionEvent, type TransactionFacts } from "../transaction-trace.ts";
import { commitInOrder, type PartialEnding } from "./best-effort.ts";
import { canPrepare, DatabasePart } from "./database-part.ts";
import { DecidingDatabasePart } from "./deciding-part.ts";
import { newTransactionId } from "./decision-store.ts";
import { memberIn, type NotedMember, writeNote } from "./member-notes.ts";
import { hooksOf, outcomeOf, overruledEnd, pendingEnd, statesOf, unknownEnd } from "./parts-at-the-end.ts";
import { type Ending, endTogether, undo } from "./protocol.ts";
import type { SpanningEvent } from "./spanning-events.ts";
import type { CheckedSpanningOptions } from "./spanning-options.ts";

/** What a transaction over several databases is run with. */
export interface SpanningSurroundings {
  /** In the order of the labels. */
  readonly contexts: readonly DatabaseContext[];
  readonly options: CheckedSpanningOptions;
  readonly bounds: Bounds;
  /** Absent with `mode: "best-effort"`. */
  readonly decider: DatabaseContext | undefined;
  /** The decider's store; absent where nothing has to be decided. */
  readonly store: string | undefined;
  /** Absent where nobody subscribes. */
  readonly event: SpanningEvent | undefined;
  /** Which run of the callback it is, and what the one before failed with. */
  readonly run: Pick<TransactionFacts, "attempt" | "retriedAfter">;
  /** Told of what could not be ended as it was decided. */
  readonly onLeft: (left: Left) => void;
  /** Told once nothing can be left of a transaction whose members were noted. */
  readonly onOver: (decider: DatabaseContext, transaction: string) => void;
}

/** See {@link SpanningSurroundings.onLeft}. */
export interface Left {
  readonly id: string;
  readonly decision: "committed" | "rolled back" | "undecided";
  readonly pending: readonly DatabasePart[];
  readonly gone: readonly DatabasePart[];
}

/** By label. */
export type Handles = Readonly<Record<string, Transaction>>;

/** One run of the callback, and of the protocol behind it. */
export function attemptSpanning<R>(
  surroundings: SpanningSurroundings,
  work: (handles: Handles) => Promise<R>,
): Attempt<R> {
  const run = new Run(surroundings);
  return { outcome: run.run(work), returned: () => run.returned };
}

class Run {
  readonly #surroundings: SpanningSurroundings;
  readonly #outer: Scope | undefined = currentScope();
  readonly #bounds: Bounds;
  readonly #transaction = newTransactionId();
  readonly #parts: readonly DatabasePart[];
  readonly #decider: DecidingDatabasePart | undefined = undefined;
  #isNoted = false;

  constructor(surroundings: SpanningSurroundings) {
    this.#surroundings = surroundings;
    const { contexts, bounds, event, store } = surroundings;
    this.#bounds = bounds;
    if (store !== undefined && event !== undefined) event.id = this.#id;
    let around = this.#outer;
    const parts: DatabasePart[] = [];
    for (const context of contexts) {
      const part = this.#part(context, parts.length + 1, around);
      around = part.unit.scope;
      if (part instanceof DecidingDatabasePart) this.#decider = part;
      parts.push(part);
    }
    this.#parts = parts;
  }

  #part(context: DatabaseContext, number: number, around: Scope | undefined): DatabasePart {
    const { decider, store = "", options, run } = this.#surroundings;
    const { capabilities, database } = context;
    const branch = { store, transaction: this.#transaction, number };
    const isDecider = context === decider;
    const isolation = levelOf(options.isolation, database);
    const details: { -readonly [Member in keyof BeginDetails]: BeginDetails[Member] } = {};
    if (capabilities.fates === true) details.traceable = true;
    if (isDecider && store !== "") details.decides = true;
    else if (store !== "" && canPrepare(context)) details.branch = branch;
    if (store !== "") details.until = this.#bounds.deadline;
    const own = isolation === undefined ? noSessionOptions : { isolation };
    const participant = newTransaction(context, this.#bounds, own, { details, around });
    openTransactionEvent(participant.unit, { kind: "spanning", propagation: "requires_new", ...run });
    return isDecider ? new DecidingDatabasePart(participant, branch) : new DatabasePart(participant, branch);
  }

  /** Whether the callback has come back. */
  get returned(): boolean {
    return this.#parts.every((part) => part.participant.returned);
  }

  async run<R>(work: (handles: Handles) => Promise<R>): Promise<R> {
    const handles: Record<string, Transaction> = {};
    for (const part of this.#parts) handles[part.label] = handleOf(part.participant);
    let result: R;
    try {
      const noting = this.#note();
      if (noting !== undefined) await noting;
      result = await this.#inside(0, () => work(handles));
      const open = this.#whatIsOpen();
      const problem = open instanceof Promise ? await open : open;
      if (problem !== undefined) throw problem;
    } catch (error) {
      await Promise.all(this.#parts.map((part) => part.endUnit(error)));
      return this.#settle(await undo(this.#parts, [], error), undefined as never);
    }
    const ending = await (this.#decider === undefined
      ? commitInOrder(this.#parts)
      : endTogether(this.#parts, this.#decider));
    return this.#settle(ending, result);
  }

  /** Runs `work` in the part with this index, and in those behind it. */
  #inside<R>(index: number, work: () => Promise<R>): Promise<R> {
    const part = this.#parts[index];
    if (part === undefined) return work();
    // The scope of the last one is inside of those of all the others.
    return part.participant.run(() => this.#inside(index + 1, work), index === this.#parts.length - 1);
  }

  /**
   * Says in the store of decisions in which databases behind labels of many something may be left, before any of them is asked for anything. Before the decider
   * is as well: with its connection in hand another one may not be had, and there are engines on which nobody else could write then.
   */
  #note(): Promise<void> | undefined {
    const { decider, store } = this.#surroundings;
    const noted = this.#parts.flatMap(({ context, branch: { number } }) => memberIn(context, number) ?? []);
    return decider === undefined || store === undefined || noted.length === 0
      ? undefined
      : this.#write(decider, store, noted);
  }

  async #write(decider: DatabaseContext, store: string, noted: readonly NotedMember[]): Promise<void> {
    await writeNote(decider, { store, transaction: this.#transaction }, noted, this.#bounds);
    this.#isNoted = true;
  }

  /** Why it must not be kept; a promise where something of it has to be ended. */
  #whatIsOpen(): MaybePromise<MdbError | undefined> {
    const found = this.#parts.map((part) => part.lookBack());
    const first = (problems: readonly (MdbError | undefined)[]) => problems.find((it) => it !== undefined);
    return found.some((it) => it instanceof Promise)
      ? Promise.all(found).then(first)
      : first(found as readonly (MdbError | undefined)[]);
  }

  /** Tells the hooks, the subscribers and the caller. */
  async #settle<R>(ending: Ending | PartialEnding, result: R): Promise<R> {
    const { event, options } = this.#surroundings;
    const outcome = ending.outcome === "overruled" ? "partial" : ending.outcome;
    if (event !== undefined) {
      event.outcome = outcome;
      event.states = statesOf(this.#parts, outcome);
    }
    for (const part of this.#parts) part.unit.trace?.settled(outcomeOf(part, outcome));
    if (ending.outcome === "partial") {
      await this.#runHooks(hooksOf);
      throw ending.error;
    }
    if (ending.outcome === "unknown") {
      const pending = ending.prepared as readonly DatabasePart[];
      for (const part of pending) part.abandon();
      this.#left("undecided", pending, []);
      throw unknownEnd(ending.error, statesOf(this.#parts, outcome), pending.length > 0 ? this.#id : undefined);
    }
    const { pending, gone } = ending.left;
    const isOverruled = ending.outcome === "overruled";
    const decision = isOverruled ? "committed" : ending.outcome;
    this.#left(decision, pending as readonly DatabasePart[], gone as readonly DatabasePart[]);
    if (isOverruled) {
      await this.#runHooks(hooksOf);
      throw overruledEnd(this.#decider as DatabasePart, statesOf(this.#parts, outcome), ending.error);
    }
    if (this.#parts.some(({ unit }) => unit.hasHooks)) {
      await this.#runHooks(() => ending.outcome as "committed" | "rolled back");
    }
    if (ending.outcome === "rolled back") throw ending.error;
    if (pending.length > 0 && options.onPending === "reject")
      throw pendingEnd(statesOf(this.#parts, outcome), this.#id);
    return result;
  }

  #left(decision: Left["decision"], pending: readonly DatabasePart[], gone: readonly DatabasePart[]): void {
    const { decider, onOver, onLeft } = this.#surroundings;
    if (this.#isNoted && !pending.some(({ context }) => isMemberAlone(context))) {
      onOver(decider as DatabaseContext, this.#transaction);
    }
    if (pending.length > 0 || gone.length > 0) {
      onLeft({ id: this.#id, decision, pending, gone });
    }
  }

  get #id(): string {
    return spanningId(this.#surroundings.store ?? "", this.#transaction);
  }

  /** Outside of everything that has ended, and once no branch waits any more that could be reached: what they read is what was written. */
  async #runHooks(outcomeOf: (part: DatabasePart) => "committed" | "rolled back" | undefined): Promise<void> {
    const report = this.#surroundings.options.onHookError;
    for (const part of this.#parts) {
      const { unit, context } = part;
      const hooks = outcomeOf(part);
      if (!unit.hasHooks || hooks === undefined) continue;
      await runInScope(this.#outer, () => unit.hooks.run(hooks, context, this.#bounds, report));
    }
  }
}

/** What `outcome` and `resolve` take. */
export function spanningId(store: string, transaction: string): string {
  return `${store}:${transaction}`;
}

function levelOf(isolation: CheckedSpanningOptions["isolation"], label: string): Isolation | undefined {
  if (typeof isolation !== "object") return isolation;
  return Object.hasOwn(isolation, label) ? isolation[label] : undefined;
}
