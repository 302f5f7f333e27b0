import { type DriverConnection, type MaybePromise, unlimited } from "../driver/index.ts";
import type { MdbError } from "../errors/index.ts";
import { goOn } from "./at-once.ts";
import { type Bounds, unbounded } from "./bounds.ts";
import type { DatabaseContext } from "./database-context.ts";
import type { Operation } from "./operation.ts";
import { runBounded } from "./run-bounded.ts";
import { callersOf, type Scope } from "./scope.ts";
import type { ServerTransaction } from "./server-transaction.ts";
import { endedByText } from "./unit-errors.ts";

/** What a call has to know of the unit that it is made in. */
export interface CallingUnit {
  readonly context: DatabaseContext;
  readonly scope: Scope;
  readonly holder: Scope;
  readonly server: ServerTransaction | undefined;
  /** The server has answered. */
  wasAnswered(): void;
  aborted(): MdbError;
}

/**
 * Sends one operation of a unit on its connection. Whoever it is for does not stand still until the answer is there.
 * @param caller - where the call came from
 */
export function callOn<T>(
  unit: CallingUnit,
  connection: DriverConnection,
  operation: Operation<T>,
  bounds: Bounds,
  caller: Scope | undefined,
): MaybePromise<T> {
  const { context, server } = unit;
  const before = server?.state;
  // A connection that has died says by itself what ended it, and with what last word.
  if (before === "failed" || before === "over") throw unit.aborted();
  const callers = callersOf(caller, unit.scope, unit.holder);
  const count = (calls: 1 | -1): void => {
    for (const scope of callers) scope.count(calls);
  };
  operation.source?.attach(unit, count);
  count(1);
  return goOn(
    () =>
      bounds === unbounded && operation.limitMs === Number.POSITIVE_INFINITY
        ? operation.perform(connection, unlimited)
        : runBounded(context, connection, bounds, operation),
    (value) => {
      count(-1);
      unit.wasAnswered();
      if (operation.text !== undefined && server?.state === "over") {
        throw endedByText(context, connection.txStatus === "idle");
      }
      return value;
    },
    (error) => {
      count(-1);
      throw error;
    },
  );
}
