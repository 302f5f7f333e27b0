import type { Clock, OperationContext } from "@nsj/mdb-core";
import { cancelled, lockTimeout, outOfTime } from "./failure.ts";

/** Throws when the caller has given up already, so that nothing is sent that nobody waits for. */
export function refuseLate(context: OperationContext, clock: Clock): void {
  if (context.signal?.aborted === true) throw cancelled(context.signal);
  if (context.deadline !== Number.POSITIVE_INFINITY && clock.now() >= context.deadline) throw outOfTime();
}

/** Somebody waits for the answer. */
const awaited = { keepProcessAlive: true } as const;

/** How long one call may wait for locks: until its deadline, its signal, `busyTimeoutMs`, or the end of its connection. */
export class Patience {
  readonly #context: OperationContext;
  readonly #busyTimeoutMs: number;
  readonly #closed: AbortSignal;
  readonly #clock: Clock;
  readonly #busyUntil: number;

  /** Starts the clock. @param closed - aborted, with an error as its reason, when the connection is destroyed */
  constructor(context: OperationContext, busyTimeoutMs: number, closed: AbortSignal, clock: Clock) {
    this.#context = context;
    this.#busyTimeoutMs = busyTimeoutMs;
    this.#closed = closed;
    this.#clock = clock;
    this.#busyUntil = clock.now() + busyTimeoutMs;
  }

  /** Waits this long. @throws when patience ends first; `cause` is what it was waiting for */
  pause(milliseconds: number, cause: unknown): Promise<void> {
    return this.wait((resume) => {
      const timer = this.#clock.setTimer(resume, milliseconds, awaited);
      return () => timer.cancel();
    }, cause);
  }

  /** Waits for something that comes from outside. What it rejects with is thrown, but for when patience has ended before. */
  async until<T>(start: () => PromiseLike<T>): Promise<T> {
    let outcome: PromiseSettledResult<T> | undefined;
    await this.wait((resume) => {
      Promise.resolve(start()).then(
        (value) => {
          outcome = { status: "fulfilled", value };
          resume();
        },
        (reason: unknown) => {
          outcome = { status: "rejected", reason };
          resume();
        },
      );
      return () => undefined;
    });
    // Set by whatever has resumed.
    const { status } = outcome as PromiseSettledResult<T>;
    if (status === "rejected") throw (outcome as PromiseRejectedResult).reason;
    return (outcome as PromiseFulfilledResult<T>).value;
  }

  /**
   * Waits until `resume` is called.
   *
   * @param arm - starts what will call `resume`; gives what to do when that is no longer wanted
   * @throws when patience ends first
   */
  wait(arm: (resume: () => void) => () => void, cause?: unknown): Promise<void> {
    const { signal } = this.#context;
    const until = Math.min(this.#context.deadline, this.#busyUntil);
    return new Promise((resolve, reject) => {
      let disarm = (): void => {};
      const stop = (): void => {
        timer?.cancel();
        signal?.removeEventListener("abort", giveUp);
        this.#closed.removeEventListener("abort", giveUp);
        disarm();
      };
      const giveUp = (): void => {
        stop();
        reject(this.#reason(cause));
      };
      const timer =
        until < Number.POSITIVE_INFINITY
          ? this.#clock.setTimer(giveUp, Math.max(0, until - this.#clock.now()), awaited)
          : undefined;
      signal?.addEventListener("abort", giveUp);
      this.#closed.addEventListener("abort", giveUp);
      if (signal?.aborted === true || this.#closed.aborted) giveUp();
      else {
        disarm = arm(() => {
          stop();
          resolve();
        });
      }
    });
  }

  #reason(cause: unknown): Error {
    if (this.#closed.aborted) return this.#closed.reason as Error;
    if (this.#context.signal?.aborted === true) return cancelled(this.#context.signal);
    if (this.#context.deadline <= this.#busyUntil) return outOfTime(cause);
    return lockTimeout(this.#busyTimeoutMs, cause);
  }
}
