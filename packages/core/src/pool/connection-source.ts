import type { Capabilities, ConnectionTarget, DriverConnection, ErrorInfo, OperationContext } from "../driver/index.ts";

/** Where a pool gets its physical connections from: a connector and its driver, under a label. */
export interface ConnectionSource {
  /** The database's label, for errors and events. */
  readonly label: string;
  /** Which of the databases behind one label it is; absent where there is one. For errors and events. */
  readonly key?: string | undefined;
  /** The group that metrics count it in, for events. */
  readonly group?: string | undefined;
  /** The number of the manager that it belongs to, for events; 0 by default. */
  readonly manager?: number | undefined;
  /** The engine's name. */
  readonly engine: string;
  /** Where it connects to; no secret. */
  readonly target: ConnectionTarget;
  readonly capabilities: Capabilities;
  /**
   * Opens one connection and makes it ready for use. Called concurrently, in the pool's own async context. A connection that arrives
   * after `context.deadline`, or after `context.signal` aborted, is destroyed unused.
   */
  connect(context: OperationContext): Promise<DriverConnection>;
  /** Does again what the user set up on a new connection, after a session reset has undone it. Absent when there is nothing to do. */
  restore?(connection: DriverConnection, context: OperationContext): Promise<void>;
  /** Says what an error of the driver means. */
  classify(error: unknown): ErrorInfo;
}
