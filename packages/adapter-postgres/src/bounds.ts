import type { Clock, OperationContext } from "@nsj/mdb-core";

/** What ends an operation, and the clock that its deadline is on. */
export interface Bounds extends OperationContext {
  readonly clock: Clock;
}

/** The same bounds, but at most this long from now. */
export function atMost(bounds: Bounds, milliseconds: number): Bounds {
  return { ...bounds, deadline: Math.min(bounds.deadline, bounds.clock.now() + milliseconds) };
}
