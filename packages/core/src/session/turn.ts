import type { MaybePromise } from "../driver/index.ts";
import { type MdbError, TransactionStateError } from "../errors/index.ts";
import { type Bounds, unbounded, watchBounds } from "./bounds.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";
import type { Scope } from "./scope.ts";

/** Statements in flight at once on one pipelined connection. */
const pipelineWidth = 64;

/** What has the turn for longer than a statement takes, because it waits for code of the caller's. */
export interface Occupant {
  /** For messages: "a stream". */
  readonly what: string;
  /** Where its calls are counted; whether it stands still is seen by it. */
  readonly scope: Scope;
  /** Nobody else can have the turn before the caller's own loop has ended: whoever asks would wait for itself. */
  readonly refusesOthers: boolean;
  /** Ends it. Must not throw. */
  interrupt(reason: MdbError): void;
}

/** Whose turn it is about. */
interface Owner {
  /** A call's bounds have tripped while it waited; gives the error for it. */
  fail(error: MdbError): MdbError;
  /** The error of everything that comes after its end. */
  closedError(): MdbError;
}

/**
 * The queue in front of a connection: calls run in the order in which they came. Those that share may overlap with one another on a pipelined
 * connection; everything else runs alone. Each waits within its own bounds, and never for ever for something that stands still. Taking part
 * costs the same however many wait.
 */
export class Turn {
  readonly #context: DatabaseContext;
  readonly #width: number;
  readonly #owner: Owner;
  #first: Waiter | undefined;
  #last: Waiter | undefined;
  #waiting = 0;
  #running = 0;
  #exclusive = false;
  #occupant: Occupant | undefined;
  #occupiedAt = 0;
  #closed = false;
  /** Told when nothing runs any more. */
  #onDrained: (() => void) | undefined;
  #stillTimer: { cancel(): void } | undefined;

  constructor(context: DatabaseContext, owner: Owner) {
    this.#context = context;
    this.#width = context.capabilities.concurrency === "pipelined" ? pipelineWidth : 1;
    this.#owner = owner;
  }

  /** Calls that run or wait. */
  get pending(): number {
    return this.#running + this.#waiting;
  }

  /** What has the turn now, where that is more than a statement. */
  get occupant(): Occupant | undefined {
    return this.#occupant;
  }

  /** Takes the turn at once, where nothing is before it. Whoever was given it has to {@link leave}. */
  enter(shared: boolean, occupant: Occupant | undefined): boolean {
    if (this.#closed || this.#waiting > 0 || !this.#mayStart(shared)) return false;
    this.#occupy(shared, occupant);
    return true;
  }

  /** Runs `work` when its turn comes; in the same tick where nothing is before it. */
  run<T>(work: () => MaybePromise<T>, bounds: Bounds, shared: boolean, occupant?: Occupant): Promise<T> {
    if (this.#closed) return Promise.reject(this.#owner.closedError());
    if (this.#waiting === 0 && this.#mayStart(shared)) return this.#start(work, shared, occupant);
    return new Promise<T>((resolve, reject) => {
      const start = (): void => void this.#start(work, shared, occupant).then(resolve, reject);
      this.#enqueue(new Waiter(start, reject, bounds, shared, this.#context.clock.now()));
    });
  }

  /** Rejects everything that has not started, and everything that comes. */
  close(): void {
    this.#closed = true;
    for (let at = this.#first; at !== undefined; at = this.#first) {
      this.#remove(at);
      at.reject(this.#owner.closedError());
    }
  }

  /** Resolves once nothing runs any more. To be asked once, behind {@link close}: nothing waits then, and nothing starts. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#running === 0) resolve();
      else this.#onDrained = resolve;
    });
  }

  #mayStart(shared: boolean): boolean {
    if (this.#running === 0) return true;
    return shared && !this.#exclusive && this.#running < this.#width;
  }

  /** Leaves the turn in a later tick, also after what is answered at once: a long queue would be a deep stack. */
  async #start<T>(work: () => MaybePromise<T>, shared: boolean, occupant: Occupant | undefined): Promise<T> {
    this.#occupy(shared, occupant);
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  #occupy(shared: boolean, occupant: Occupant | undefined): void {
    this.#running++;
    this.#exclusive = !shared;
    if (occupant === undefined) return;
    this.#occupant = occupant;
    this.#occupiedAt = this.#context.clock.now();
    this.#watchStandstill();
  }

  /** What was given the turn by {@link enter} is over. An occupant has it alone, so it is the one that leaves. */
  leave(): void {
    this.#running--;
    this.#occupant = undefined;
    if (this.#waiting > 0) this.#startNext();
    else if (this.#running === 0) this.#onDrained?.();
  }

  #startNext(): void {
    for (let next = this.#first; next !== undefined && this.#mayStart(next.shared); next = this.#first) {
      this.#remove(next);
      next.start();
    }
  }

  #enqueue(waiter: Waiter): void {
    waiter.previous = this.#last;
    if (this.#last === undefined) this.#first = waiter;
    else this.#last.next = waiter;
    this.#last = waiter;
    waiter.queued = true;
    this.#waiting++;
    if (waiter.bounds !== unbounded) {
      const late = (reason: MdbError): void => {
        this.#remove(waiter);
        waiter.reject(this.#owner.fail(reason));
      };
      waiter.unwatch = watchBounds(this.#context, waiter.bounds, "the statement", late);
    }
    this.#watchStandstill();
  }

  #remove(waiter: Waiter): void {
    if (!waiter.queued) return;
    waiter.queued = false;
    const { previous, next } = waiter;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    this.#waiting--;
    waiter.unwatch();
  }

  /**
   * Sees to it that nobody waits for ever behind an occupant that stands still. That it waits for them is only suspected: a call that is not
   * awaited looks the same and gets its turn when the occupant ends. So it takes a while, and who named bounds of their own waits for those.
   */
  #watchStandstill(): void {
    if (this.#occupant === undefined || this.#waiting === 0 || this.#stillTimer !== undefined) return;
    this.#lookAgainIn(this.#context.patienceMs);
  }

  #lookAgainIn(delayMs: number): void {
    this.#stillTimer = this.#context.clock.setTimer(() => this.#look(), Math.max(1, delayMs), {
      keepProcessAlive: true,
    });
  }

  #look(): void {
    this.#stillTimer = undefined;
    const occupant = this.#occupant;
    if (occupant === undefined || this.#waiting === 0) return;
    const { patienceMs, clock } = this.#context;
    const { scope } = occupant;
    const moves = scope.busy > 0 || (scope.waits !== undefined && scope.waits.length > 0);
    const still = clock.now() - Math.max(this.#occupiedAt, scope.activeAt);
    if (moves || still < patienceMs) {
      this.#lookAgainIn(moves ? patienceMs : patienceMs - still);
      return;
    }
    let nextMs = Number.POSITIVE_INFINITY;
    for (let at = this.#first; at !== undefined; ) {
      const { next } = at;
      const leftMs = patienceMs - (clock.now() - at.since);
      if (at.bounds === unbounded && leftMs > 0) nextMs = Math.min(nextMs, leftMs);
      else if (at.bounds === unbounded) {
        this.#remove(at);
        at.reject(standstill(this.#context, occupant, still));
      }
      at = next;
    }
    if (Number.isFinite(nextMs)) this.#lookAgainIn(nextMs);
  }
}

function standstill(context: DatabaseContext, { what }: Occupant, stillMs: number): MdbError {
  return new TransactionStateError(
    `${nameOf(context)}: the connection has been taken by ${what} for which nothing has happened for ${Math.round(stillMs)} ms, so this call ` +
      "would probably wait for itself; await it after that has ended, or give it a timeoutMs to wait for longer",
    context,
  );
}

/** A call that waits for its turn. */
class Waiter {
  queued = false;
  previous: Waiter | undefined = undefined;
  next: Waiter | undefined = undefined;
  unwatch: () => void = nothing;
  readonly start: () => void;
  readonly reject: (error: unknown) => void;
  readonly bounds: Bounds;
  readonly shared: boolean;
  readonly since: number;

  constructor(start: () => void, reject: (error: unknown) => void, bounds: Bounds, shared: boolean, since: number) {
    this.start = start;
    this.reject = reject;
    this.bounds = bounds;
    this.shared = shared;
    this.since = since;
  }
}

const nothing = (): void => {};
