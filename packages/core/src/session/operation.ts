import type { DriverConnection, MaybePromise, OperationContext } from "../driver/index.ts";
import { type Bounds, bothBounds, unbounded } from "./bounds.ts";
import type { DatabaseContext } from "./database-context.ts";

/** One operation on a connection, as executors hand it down. */
export interface Operation<T> {
  /** The statement's text, for errors; `undefined` where there is none. */
  readonly text: string | undefined;
  /** Whether it may travel together with its neighbours on a pipelined connection. */
  readonly pipelined: boolean;
  /** What the caller said. Covers waiting for a connection. */
  readonly bounds: Bounds;
  /** How long it may run once it has its connection, in milliseconds; `Infinity` for no limit. */
  readonly limitMs: number;
  perform(connection: DriverConnection, operation: OperationContext): MaybePromise<T>;
}

/** The parts of an operation that sends no statement of the caller. */
export const silent = Object.freeze({
  text: undefined,
  pipelined: false,
  bounds: unbounded,
  limitMs: Number.POSITIVE_INFINITY,
});

/** The bounds of an operation that starts now. */
export function limited(context: DatabaseContext, { limitMs }: { readonly limitMs: number }, bounds: Bounds): Bounds {
  if (limitMs === Number.POSITIVE_INFINITY) return bounds;
  return bothBounds(bounds, { deadline: context.clock.now() + limitMs });
}
