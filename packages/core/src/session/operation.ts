import type { DriverConnection, MaybePromise, OperationContext, ResultSet, Statement } from "../driver/index.ts";
import type { MdbError } from "../errors/index.ts";
import { type Bounds, unbounded } from "./bounds.ts";
import type { DatabaseContext } from "./database-context.ts";

/** One operation on a connection, as executors hand it down. */
export interface Operation<T> {
  /** The statement's text, for errors; `undefined` where there is none. */
  readonly text: string | undefined;
  /** Whether it may travel together with its neighbours on a pipelined connection. */
  readonly pipelined: boolean;
  /** What the caller said. Counts from the call: covers waiting for a turn and for a connection. */
  readonly bounds: Bounds;
  /** How long it may run once it has its connection, in milliseconds, waiting for the caller's rows left out; `Infinity` for no limit. */
  readonly limitMs: number;
  /** The caller's own code that the driver waits for while it runs: the rows of a bulk load. */
  readonly source?: CallersSource | undefined;
  /** Its event, where somebody subscribes. */
  readonly trace?: OperationTrace | undefined;
  /** What {@link sendStatement} sends. */
  readonly statement?: Statement | undefined;
  perform(connection: DriverConnection, operation: OperationContext): MaybePromise<T>;
}

/** How an operation is performed that is one statement: one function for all of them, where a closure for each would have to be made. */
export function sendStatement(
  this: Pick<Operation<ResultSet>, "statement" | "trace">,
  connection: DriverConnection,
  operation: OperationContext,
): MaybePromise<ResultSet> {
  if (this.trace !== undefined) this.trace.sending(connection);
  return connection.query(this.statement as Statement, operation);
}

/** The event of an operation, which is told where that runs. */
export interface OperationTrace {
  /** @param transaction - the number of the transaction that it is part of */
  at(context: DatabaseContext, transaction?: number): void;
  /** It is about to be sent, maybe not for the first time. */
  sending(connection: DriverConnection): void;
}

/** Code of the caller's that an operation waits for. */
export interface CallersSource {
  /**
   * The operation begins.
   * @param unit - what it fills: a call on that from the caller's code would wait for itself
   * @param count - called with -1 while the caller's code is waited for: nothing is on the wire then
   */
  attach(unit: object, count: (calls: 1 | -1) => void): void;
  /** Ends the wait for it: the driver gets `reason` instead of more. */
  interrupt(reason: MdbError): void;
  /** Told when the wait for the caller's code begins and ends; set while an operation runs that has a limit. */
  onWait: ((waiting: boolean) => void) | undefined;
}

/** The parts of an operation that sends no statement of the caller. */
export const silent = Object.freeze({
  text: undefined,
  pipelined: false,
  bounds: unbounded,
  limitMs: Number.POSITIVE_INFINITY,
});
