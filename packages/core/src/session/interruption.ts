import type { MdbError } from "../errors/index.ts";
import { type Bounds, cancelled, timedOut } from "./bounds.ts";
import type { DatabaseContext } from "./database-context.ts";

/** Ends the wait for a callback from outside: when a signal aborts, when a time limit passes, or when somebody says so. */
export class Interruption {
  readonly #context: DatabaseContext;
  readonly #bounds: Bounds;
  #reject: ((reason: MdbError) => void) | undefined;

  constructor(context: DatabaseContext, bounds: Bounds) {
    this.#context = context;
    this.#bounds = bounds;
  }

  /**
   * Runs `work`; rejects as soon as it is interrupted, whatever `work` is doing.
   * @param onTrip - called with the reason when the bounds trip
   */
  async run<R>(work: () => Promise<R>, onTrip: (reason: MdbError) => void): Promise<R> {
    const { promise, resolve, reject } = Promise.withResolvers<R>();
    this.#reject = reject;
    const unwatch = this.#watch(onTrip);
    try {
      work().then(resolve, reject);
      return await promise;
    } finally {
      unwatch();
      this.#reject = undefined;
    }
  }

  /** Interrupts now. Nothing happens when nothing runs. */
  trip(reason: MdbError): void {
    this.#reject?.(reason);
  }

  #watch(onTrip: (reason: MdbError) => void): () => void {
    const { signal, deadline } = this.#bounds;
    if (signal === undefined && !Number.isFinite(deadline)) return () => {};
    const { clock } = this.#context;
    const onAbort = (): void => {
      if (signal !== undefined) onTrip(cancelled(this.#context, signal, "the transaction"));
    };
    const late = (): void => onTrip(timedOut(this.#context, "the transaction"));
    const timer = Number.isFinite(deadline) ? clock.setTimer(late, deadline - clock.now()) : undefined;
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener("abort", onAbort, { once: true });
    return () => {
      signal?.removeEventListener("abort", onAbort);
      timer?.cancel();
    };
  }
}
