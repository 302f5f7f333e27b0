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
import type { Turn } from "./turn.ts";
import { endedByText } from "./unit-errors.ts";

/** What a call has to know of the unit that it is made in. */
export interface CallingUnit {
  readonly context: DatabaseContext;
  readonly scope: Scope;
  readonly holder: Scope;
  readonly bounds: Bounds;
  /** Its transaction; absent where its connection is pinned. */
  readonly server: ServerTransaction | undefined;
  readonly pinned: DriverConnection | undefined;
  readonly connection: DriverConnection | undefined;
  /** Calls of its own on the wire. */
  calls: number;
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
): MaybePromise<T> {
  const { context, server } = unit;
  if (operation.text !== undefined && server !== undefined) server.statements++;
  operation.trace?.at(context, server?.number);
  const bounds = bothBounds(unit.bounds, operation.bounds);
  unit.calls++;
  let connection: MaybePromise<DriverConnection>;
  try {
    // Taken, and begun on, for the first call.
    connection = unit.pinned ?? (server as ServerTransaction).start(bounds);
  } catch (error) {
    throw failed(error, unit, operation, turn);
  }
  return connection instanceof Promise
    ? whenBegun(connection, bounds, unit, operation, caller, turn)
    : sendOn(connection, bounds, unit, operation, caller, turn);
}

async function whenBegun<T>(
  begun: Promise<DriverConnection>,
  bounds: Bounds,
  unit: CallingUnit,
  operation: Operation<T>,
  caller: Scope | undefined,
  turn: Turn | undefined,
): Promise<T> {
  let connection: DriverConnection;
  try {
    connection = await begun;
  } catch (error) {
    throw failed(error, unit, operation, turn);
  }
  return sendOn(connection, bounds, unit, operation, caller, turn);
}

function sendOn<T>(
  connection: DriverConnection,
  bounds: Bounds,
  unit: CallingUnit,
  operation: Operation<T>,
  caller: Scope | undefined,
  turn: Turn | undefined,
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
    throw failed(error, unit, operation, turn);
  }
  if (answer instanceof Promise) return whenAnswered(answer, connection, callers, unit, operation, turn);
  for (const scope of callers) scope.answered();
  over(connection, unit, operation, turn);
  return answer;
}

async function whenAnswered<T>(
  answer: Promise<T>,
  connection: DriverConnection,
  callers: readonly Scope[],
  unit: CallingUnit,
  operation: Operation<T>,
  turn: Turn | undefined,
): Promise<T> {
  let value: T;
  countFor(callers, 1);
  try {
    value = await answer;
  } catch (error) {
    countFor(callers, -1);
    throw failed(error, unit, operation, turn);
  }
  countFor(callers, -1);
  over(connection, unit, operation, turn);
  return value;
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
): void {
  unit.wasAnswered();
  if (operation.text !== undefined && unit.server?.state === "over") {
    throw failed(endedByText(unit.context, txStatus === "idle"), unit, operation, turn);
  }
  unit.calls--;
  turn?.leave();
}

/** It has failed: the unit is doomed by it. Gives what the caller should see. */
function failed(error: unknown, unit: CallingUnit, { text }: Operation<unknown>, turn: Turn | undefined): MdbError {
  unit.calls--;
  const alone = unit.server === undefined || mayCommit(text, unit.context.dialect);
  const failure = failureOf(unit.context, unit.connection, error, text, alone);
  if (failure.answered) unit.wasAnswered();
  const shown = unit.fail(failure.error);
  turn?.leave();
  return shown;
}
