import { channel } from "node:diagnostics_channel";
import { type MdbError, TransactionStateError } from "../errors/index.ts";
import { unbounded } from "./bounds.ts";
import { checkWork } from "./check-work.ts";
import { nameOf } from "./database-context.ts";
import type { EventPlace } from "./diagnostics.ts";
import { callerIsInside, joiningScope, Participant } from "./participant.ts";
import { currentScope } from "./scope.ts";
import type { Unit } from "./unit.ts";

/**
 * Waits until a unit that its holder ends has nothing under way any more.
 * @throws TransactionStateError where that would be waiting for itself: inside its own savepoint, `run()` or stream; it goes on as it is
 */
export async function quiet(unit: Unit, what: string): Promise<void> {
  if (unit.ended) return;
  const refusal = refusalToEnd(unit, what);
  if (refusal !== undefined) throw refusal;
  await unit.turn.run(() => {}, unbounded, false);
}

function refusalToEnd(unit: Unit, what: string): MdbError | undefined {
  const waits = unit.refusalToWait(currentScope());
  if (waits !== undefined || !callerIsInside(unit)) return waits;
  const message = `${nameOf(unit.context)}: ${what} cannot be ended inside its own savepoint or run(); let the callback return first`;
  return new TransactionStateError(message, unit.context);
}

/** Runs `work` so that everything on the database joins the unit; that it fails dooms nothing by itself. */
export async function runAmbient<R>(part: Participant, work: () => Promise<R>): Promise<R> {
  checkWork(part.context, work);
  const { unit, context } = part.here();
  return new Participant({ unit, scope: joiningScope(context), bounds: unbounded }).run(work);
}

/** What is left to clean up of a unit that nobody can reach any more. Must not lead back to its handle. */
export interface Leftover {
  /** For its event. */
  readonly place: EventPlace;
  readonly begun: boolean;
  close(): Promise<void>;
  /** Nothing has begun: there is nothing to roll back. */
  forget(): void;
}

const leaks = channel("mdb:session-leak");

const registry = new FinalizationRegistry<Leftover>((leftover) => {
  if (!leftover.begun) {
    leftover.forget();
    return;
  }
  leaks.publish({ ...leftover.place, message: "a session was collected with a transaction open; it is rolled back" });
  leftover.close().catch(() => {});
});

/** Rolls back what a handle left open when it is garbage. A safety net: end it with `await using`, or in a `finally`. */
export function watchGarbage(handle: object, leftover: Leftover): void {
  registry.register(handle, leftover);
}
