import type { Clock, OperationContext } from "@nsj/mdb-core";

/** What ends an operation, and the clock that its deadline is on. */
export interface Bounds extends OperationContext {
  readonly clock: Clock;
}
