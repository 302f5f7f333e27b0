import type { DriverConnection, MaybePromise } from "../driver/index.ts";
import type { MdbError } from "../errors/index.ts";
import { type Bounds, bothBounds } from "./bounds.ts";
import type { DatabaseContext } from "./database-context.ts";
import { failureOf } from "./failure.ts";
import type { Operation } from "./operation.ts";
import { runBounded } from "./run-bounded.ts";
import { callersOf, type Scope } from "./scope.ts";
import type { ServerTransaction } from "./server-transaction.ts";
import { mayCommit } from "./transaction-words.ts";
import type { Occupant, Turn } from "./turn.ts";
import { endedByText } from "./unit-errors.ts";

/** What a call has to know of the unit that it is made in. */
export interface CallingUnit {
  readonly context: DatabaseContext;
  readonly scope: Scope;
  readonly holder: Scope;
  readonly bounds: Bounds;
  readonly server: ServerTransaction | undefined;
  readonly connection: DriverConnection | undefined;
  /** Calls of its own on the wire. */
  calls: number;
  /** The connection, which is taken and begun on for the first call. */
  begin(bounds: Bounds): MaybePromise<DriverConnection>;
  /** The server has answered. */
  wasAnswered(): void;
  aborted(): MdbError;
  /** Dooms it; gives the error that the caller should see. */
  fail(error: MdbError): MdbError;
}

/**
 * Runs one operation of a unit, for whoever has the turn. Whoever it is for does not stand still until the answer is there.
 * @param caller - where the call came from
 * @param turn - what it leaves when it is over; absent where it has not taken that for itself
 */
export function callOn<T>(
  unit: CallingUnit,
  operation: Operation<T>,
  caller: Scope | undefined,
  turn?: Turn,
  occupant?: Occupant,
): MaybePromise<T> {
  const bounds = bothBounds(unit.bounds, operation.bounds);
  unit.calls++;
  let connection: MaybePromise<DriverConnection>;
  try {
    connection = unit.begin(bounds);
  } catch (error) {
    throw failed(error, unit, operation, turn, occupant);
  }
  if (!(connection instanceof Promise)) return sendOn(connection, bounds, unit, operation, caller, turn, occupant);
  return connection.then(
    (it) => sendOn(it, bounds, unit, operation, caller, turn, occupant),
    (error: unknown) => {
      throw failed(error, unit, operation, turn, occupant);
    },
  );
}

function sendOn<T>(
  connection: DriverConnection,
  bounds: Bounds,
  unit: CallingUnit,
  operation: Operation<T>,
  caller: Scope | undefined,
  turn: Turn | undefined,
  occupant: Occupant | undefined,
): MaybePromise<T> {
  const callers = callersOf(caller, unit.scope, unit.holder);
  let answer: MaybePromise<T>;
  try {
    const before = unit.server?.state;
    // A connection that has died says by itself what ended it, and with what last word.
    if (before === "failed" || before === "over") throw unit.aborted();
    operation.source?.attach(unit, (calls) => countFor(callers, calls));
    answer = runBounded(unit.context, connection, bounds, operation);
  } catch (error) {
    throw failed(error, unit, operation, turn, occupant);
  }
  if (answer instanceof Promise) {
    countFor(callers, 1);
    return answer.then(
      (value) => {
        countFor(callers, -1);
        over(connection, unit, operation, turn, occupant);
        return value;
      },
      (error: unknown) => {
        countFor(callers, -1);
        throw failed(error, unit, operation, turn, occupant);
      },
    );
  }
  for (const scope of callers) scope.answered();
  over(connection, unit, operation, turn, occupant);
  return answer;
}

function countFor(callers: readonly Scope[], calls: 1 | -1): void {
  for (const scope of callers) scope.count(calls);
}

/** It was answered. @throws TransactionStateError where its text has ended the transaction */
function over(
  { txStatus }: DriverConnection,
  unit: CallingUnit,
  operation: Operation<unknown>,
  turn: Turn | undefined,
  occupant: Occupant | undefined,
): void {
  unit.wasAnswered();
  if (operation.text !== undefined && unit.server?.state === "over") {
    throw failed(endedByText(unit.context, txStatus === "idle"), unit, operation, turn, occupant);
  }
  unit.calls--;
  turn?.leave(occupant);
}

/** It has failed: the unit is doomed by it. Gives what the caller should see. */
function failed(
  error: unknown,
  unit: CallingUnit,
  { text }: Operation<unknown>,
  turn: Turn | undefined,
  occupant: Occupant | undefined,
): MdbError {
  unit.calls--;
  const alone = unit.server === undefined || mayCommit(text, unit.context.dialect);
  const failure = failureOf(unit.context, unit.connection, error, text, alone);
  if (failure.answered) unit.wasAnswered();
  const shown = unit.fail(failure.error);
  turn?.leave(occupant);
  return shown;
}
