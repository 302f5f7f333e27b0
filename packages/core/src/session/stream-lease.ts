import type { DriverConnection } from "../driver/index.ts";
import type { Bounds } from "./bounds.ts";
import type { DatabaseContext } from "./database-context.ts";
import { isQueryTraced } from "./diagnostics.ts";
import type { Failure } from "./failure.ts";
import { silent } from "./operation.ts";
import { callersOf, currentScope } from "./scope.ts";
import type { Occupant } from "./turn.ts";
import type { Unit } from "./unit.ts";

/** A connection in the hands of a stream. */
export interface StreamLease {
  readonly connection: DriverConnection;
  /** Where it runs, for events. */
  readonly context: DatabaseContext;
  /** The number of the transaction that it is part of, where somebody subscribes to events. */
  readonly transaction?: number | undefined;
  /** Its statement commits by itself. */
  readonly alone: boolean;
  /** Counts a read that is on the wire. */
  count(calls: 1 | -1): void;
  /** Gives it back; with the failure when the stream failed. */
  end(failure: Failure | undefined): void;
}

/**
 * Hands a unit's connection to a stream until it calls `end`. Other statements are refused meanwhile, instead of waiting for the caller's own
 * loop.
 */
export function leaseForStream(unit: Unit, bounds: Bounds, occupant: Occupant): Promise<StreamLease> {
  const caller = currentScope();
  const refusal = unit.refusal(caller);
  if (refusal !== undefined) return Promise.reject(refusal);
  const opened = Promise.withResolvers<StreamLease>();
  const closed = Promise.withResolvers<void>();
  const hold = async (): Promise<void> => {
    const connection = await unit.perform({ ...silent, bounds, perform: (it) => it }, caller);
    const callers = callersOf(occupant.scope, unit.scope, unit.holder);
    if (unit.server !== undefined) unit.server.statements++;
    opened.resolve({
      connection,
      context: unit.context,
      transaction: isQueryTraced() ? unit.server?.number : undefined,
      alone: unit.server === undefined,
      count: (calls) => {
        for (const scope of callers) scope.count(calls);
      },
      end: (failure) => {
        if (failure !== undefined) unit.fail(failure.error);
        closed.resolve();
      },
    });
    await closed.promise;
  };
  unit.turn.run(hold, bounds, false, occupant).catch(opened.reject);
  return opened.promise;
}
