import { channel, tracingChannel } from "node:diagnostics_channel";
import type { HeuristicOutcomeError, LabelStates } from "../../errors/index.ts";
import { traced } from "../../internal/traced.ts";

/** What subscribers of the tracing channel `mdb:spanning` see: one transaction over several databases, from its call to its end. */
export interface SpanningEvent {
  /** `DatabaseManager.number`. */
  readonly manager: number;
  /** For `outcome()`, once there is one: of the last attempt, where it was run again. Absent with `mode: "best-effort"` and with one label. */
  id?: string;
  readonly mode: string;
  readonly labels: readonly string[];
  /** The label whose commit decides. */
  readonly decider: string | undefined;
  /** What became of each database; set once it has ended. */
  states?: LabelStates;
  outcome?: "committed" | "rolled back" | "unknown" | "partial";
}

/** What subscribers of the channel `mdb:in-doubt` get: a branch that waits for recovery, or one that somebody has finished otherwise. */
export interface InDoubtEvent {
  /** `DatabaseManager.number`. */
  readonly manager: number;
  readonly id: string;
  readonly label: string;
  /** Which of the databases behind the label, such as a tenant's id; absent where it is one. */
  readonly key?: string;
  readonly engine: string;
  readonly decision: "committed" | "rolled back" | "undecided";
  /** Where somebody has finished it against the decision. */
  readonly error?: HeuristicOutcomeError;
}

const spanning = tracingChannel<unknown, SpanningEvent>("mdb:spanning");
const doubts = channel("mdb:in-doubt");

/** Runs `work` as one event, without showing its result. @param begin - the event, where somebody subscribes */
export function traceSpanning<R>(begin: () => SpanningEvent, work: (event?: SpanningEvent) => Promise<R>): Promise<R> {
  if (!spanning.hasSubscribers) return work();
  const event = begin();
  return traced(spanning, event, () => work(event));
}

/** Tells of a branch that is in doubt. */
export function tellInDoubt(event: InDoubtEvent): void {
  if (doubts.hasSubscribers) doubts.publish(event);
}
