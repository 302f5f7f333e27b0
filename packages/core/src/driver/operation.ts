/** What bounds one operation of a driver. Passed to every member that does I/O. */
export interface OperationContext {
  /**
   * The moment, in milliseconds on the clock of {@link ConnectorEnvironment} (`performance.now()` for the system's), by which the operation has to settle; `Infinity` when the
   * caller set no limit. A driver that opens sockets or waits for locks must honour it by itself.
   */
  readonly deadline: number;
  /** Aborted when the caller gave up. The driver stops as soon as it safely can and settles. */
  readonly signal?: AbortSignal;
}

/** An operation without a limit. */
export const unlimited: OperationContext = Object.freeze({ deadline: Number.POSITIVE_INFINITY });
