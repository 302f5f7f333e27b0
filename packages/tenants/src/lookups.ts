import { AsyncLocalStorage } from "node:async_hooks";
import type { Clock } from "@nsj/mdb-core";
import { TenantResolveError, UnknownTenantError } from "./errors.ts";
import type { Resolve } from "./options.ts";

/** What was found of a tenant; the place as the resolver gave it. */
type Found = Awaited<ReturnType<Resolve>>;

/** How tenants are looked up. */
export interface LookupFacts {
  readonly label: string;
  readonly clock: Clock;
  readonly unknownForMs: number;
  readonly timeoutMs: number;
  ask(tenant: string, signal: AbortSignal): ReturnType<Resolve>;
}

/** One look-up, and who waits for it. */
export interface Joined {
  readonly found: Promise<NonNullable<Found>>;
  /** Does not wait any longer; when nobody does, the look-up is aborted. */
  leave(): void;
}

interface Flight {
  readonly found: Promise<NonNullable<Found>>;
  readonly controller: AbortController;
  waiting: number;
}

interface Refusal {
  readonly until: number;
  error(): Error;
}

/** After a look-up that failed, the next one for the same tenant comes this much later. */
const failurePauseMs = 1_000;
/** Answers that are remembered; the least recently asked go first. */
const mostRemembered = 10_000;

/** Why a look-up ends that nobody needs any more: nothing is known of the tenant then. */
const abandoned = new Error("nobody waits for this look-up any longer");

/** Looks tenants up: one flight for each, and what is known not to be there is not looked up again and again. */
export class Lookups {
  /** How look-ups went. */
  readonly counts = { asked: 0, failed: 0, unknown: 0, totalMs: 0, longestMs: 0 };
  readonly #facts: LookupFacts;
  readonly #flights = new Map<string, Flight>();
  /** Of an id that is unknown only the moment is kept until which it is: there may be thousands that nobody ever had. */
  readonly #refusals = new Map<string, Refusal | number>();
  /** Nobody's transaction, tenant or signal. */
  readonly #outside = AsyncLocalStorage.snapshot();

  constructor(facts: LookupFacts) {
    this.#facts = facts;
  }

  /** Runs work of the label's own outside of whichever caller caused it. */
  get outside(): <R>(work: () => R) => R {
    return this.#outside;
  }

  /** Why a tenant is not looked up now. */
  refusal(tenant: string): Error | undefined {
    const refusal = this.#refusals.get(tenant);
    if (refusal === undefined) return undefined;
    this.#refusals.delete(tenant);
    const until = typeof refusal === "number" ? refusal : refusal.until;
    if (until <= this.#facts.clock.now()) return undefined;
    this.#refusals.set(tenant, refusal);
    return typeof refusal === "number" ? this.#unknown(tenant) : refusal.error();
  }

  /** Has callers refused for a while, without a look-up. */
  refuse(tenant: string, forMs: number, error: () => Error): void {
    this.#remember(tenant, { until: this.#facts.clock.now() + forMs, error });
  }

  #remember(tenant: string, refusal: Refusal | number): void {
    this.#refusals.delete(tenant);
    this.#refusals.set(tenant, refusal);
    for (const oldest of this.#refusals.keys()) {
      if (this.#refusals.size <= mostRemembered) break;
      this.#refusals.delete(oldest);
    }
  }

  /** Forgets what it knows of a tenant. */
  forget(tenant: string): void {
    this.#refusals.delete(tenant);
  }

  /** How many answers are remembered. */
  get remembered(): number {
    return this.#refusals.size;
  }

  /** Waits for the place of a tenant. Rejects with UnknownTenantError or TenantResolveError. */
  join(tenant: string): Joined {
    let flight = this.#flights.get(tenant);
    if (flight === undefined) {
      flight = this.#start(tenant);
      this.#flights.set(tenant, flight);
    }
    const joined = flight;
    joined.waiting++;
    let isWaiting = true;
    return {
      found: joined.found,
      leave: () => {
        if (!isWaiting) return;
        isWaiting = false;
        if (--joined.waiting > 0) return;
        if (this.#flights.get(tenant) === joined) this.#flights.delete(tenant);
        joined.controller.abort(abandoned);
      },
    };
  }

  /** Ends every look-up. */
  close(): void {
    for (const { controller } of this.#flights.values()) controller.abort(abandoned);
    this.#flights.clear();
    this.#refusals.clear();
  }

  #start(tenant: string): Flight {
    const controller = new AbortController();
    const found = this.#look(tenant, controller);
    const flight: Flight = { found, controller, waiting: 0 };
    const over = (): void => {
      if (this.#flights.get(tenant) === flight) this.#flights.delete(tenant);
    };
    found.then(over, over);
    return flight;
  }

  async #look(tenant: string, controller: AbortController): Promise<NonNullable<Found>> {
    const { clock, label, unknownForMs } = this.#facts;
    const began = clock.now();
    let found: Found;
    this.counts.asked++;
    try {
      found = await this.#bounded(tenant, controller);
    } catch (cause) {
      this.counts.failed++;
      const error = (): Error =>
        new TenantResolveError(`${label}: it could not be found out where tenant "${tenant}" lives`, {
          database: label,
          tenant,
          cause,
        });
      if (cause !== abandoned) this.refuse(tenant, failurePauseMs, error);
      throw error();
    } finally {
      const tookMs = clock.now() - began;
      this.counts.totalMs += tookMs;
      this.counts.longestMs = Math.max(this.counts.longestMs, tookMs);
    }
    if (found !== undefined) return found;
    this.counts.unknown++;
    this.#remember(tenant, clock.now() + unknownForMs);
    throw this.#unknown(tenant);
  }

  #unknown(tenant: string): UnknownTenantError {
    const { label } = this.#facts;
    return new UnknownTenantError(`${label}: there is no tenant "${tenant}"`, { database: label, tenant });
  }

  /** A resolver that does not come back, or does not look at its signal, is not waited for. */
  #bounded(tenant: string, controller: AbortController): Promise<Found> {
    const { clock, timeoutMs } = this.#facts;
    const { signal } = controller;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        timer?.cancel();
        reject(signal.reason);
      };
      const timer = Number.isFinite(timeoutMs)
        ? clock.setTimer(
            () => {
              signal.removeEventListener("abort", onAbort);
              const late = new Error(`the look-up took longer than ${timeoutMs} ms`);
              reject(late);
              controller.abort(late);
            },
            timeoutMs,
            { keepProcessAlive: true },
          )
        : undefined;
      signal.addEventListener("abort", onAbort, { once: true });
      const asking = this.#outside(async () => this.#facts.ask(tenant, signal));
      asking.then(resolve, reject).finally(() => {
        timer?.cancel();
        signal.removeEventListener("abort", onAbort);
      });
    });
  }
}
