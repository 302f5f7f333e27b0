import { CommitOutcomeUnknownError } from "../errors/index.ts";
import { OpenEvent, traced } from "../internal/traced.ts";
import {
  eventPlace,
  type Mutable,
  type TransactionEvent,
  type TransactionOutcome,
  transactions,
} from "./diagnostics.ts";
import type { Unit } from "./unit.ts";
import type { UnitEnding } from "./unit-facts.ts";

/** What an event tells of its transaction beside what its unit knows. */
export interface TransactionFacts {
  readonly kind: TransactionEvent["kind"];
  readonly propagation: string;
  /** Which run of the callback it is. */
  readonly attempt?: number | undefined;
  /** What the run before failed with. */
  readonly retriedAfter?: unknown;
}

/** Runs `work`, which ends the unit that it was made for, as one event of `mdb:transaction`. */
export function traceTransaction<R>(unit: Unit, facts: TransactionFacts, work: () => Promise<R>): Promise<R> {
  if (!transactions.hasSubscribers) return work();
  const event = eventOf(unit, facts);
  unit.trace = new UnitTrace(unit, event);
  return traced(transactions, event, work);
}

/** Runs `work`, which is part of a transaction that is running already, as one event of `mdb:transaction`. */
export function tracePart<R>(unit: Unit, facts: TransactionFacts, work: () => Promise<R>): Promise<R> {
  if (!transactions.hasSubscribers) return work();
  const event = eventOf(unit, facts);
  const before = unit.server?.statements ?? 0;
  const end = (): void => {
    event.statements = (unit.server?.statements ?? 0) - before;
  };
  return traced(transactions, event, async () => {
    try {
      return await work();
    } catch (error) {
      event.outcome = "rolled back";
      throw error;
    } finally {
      end();
    }
  });
}

/** Begins the event of a unit that its holder ends; {@link UnitTrace.settled} ends it. */
export function openTransactionEvent(unit: Unit, facts: TransactionFacts): void {
  if (!transactions.hasSubscribers) return;
  const event = eventOf(unit, facts);
  unit.trace = new UnitTrace(unit, event, new OpenEvent<TransactionEvent>(transactions, event));
}

/** What a unit's event is told at the end of the unit. */
export class UnitTrace implements UnitEnding {
  readonly #unit: Unit;
  readonly #event: Mutable<TransactionEvent>;
  readonly #open: OpenEvent<TransactionEvent> | undefined;

  constructor(unit: Unit, event: Mutable<TransactionEvent>, open?: OpenEvent<TransactionEvent>) {
    this.#unit = unit;
    this.#event = event;
    this.#open = open;
  }

  /** It has ended, and this is what is known of it. The first word counts. @param error - what its holder gets */
  settled(outcome: TransactionOutcome, error?: unknown): void {
    if (this.#event.outcome !== undefined) return;
    this.#event.outcome = outcome;
    const { server } = this.#unit;
    this.#event.statements = server?.statements ?? 0;
    if (server?.heldMs !== undefined) this.#event.heldMs = server.heldMs;
    this.#open?.end(error);
  }
}

/** What is known of a transaction whose commit has failed. */
export function outcomeAfter(error: unknown): TransactionOutcome {
  return error instanceof CommitOutcomeUnknownError ? "unknown" : "rolled back";
}

function eventOf(unit: Unit, facts: TransactionFacts): Mutable<TransactionEvent> {
  const { kind, propagation, attempt = 1, retriedAfter } = facts;
  const { isolation, readOnly } = unit.options;
  return {
    ...eventPlace(unit.context),
    id: unit.server?.number ?? 0,
    kind,
    propagation,
    attempt,
    ...(isolation !== undefined && { isolation }),
    ...(readOnly !== undefined && { readOnly }),
    ...(retriedAfter !== undefined && { retriedAfter }),
  };
}
