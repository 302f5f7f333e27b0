import type { CompositeEnvironment, PoolStats } from "@nsj/mdb-core";
import { Lookups } from "./lookups.ts";
import { Opener, type OpeningFacts } from "./opener.ts";
import type { CheckedTenantsOptions } from "./options.ts";
import type { OpenPlace } from "./place.ts";
import { noStats, sumStats } from "./pool-sums.ts";
import type { Generation, Tenant } from "./tenant.ts";

/** The tenants of one label that are open, with what opens and closes their places. */
export class OpenTenants {
  readonly label: string;
  /** The manager's number, for events. */
  readonly manager: number;
  readonly options: CheckedTenantsOptions;
  readonly environment: CompositeEnvironment;
  readonly lookups: Lookups;
  readonly opener: Opener;
  readonly counts = { opened: 0, evicted: { idle: 0, room: 0, done: 0, gone: 0 }, moved: 0 };
  /** Counters of pools that are gone, by the group that metrics count them in. */
  readonly retired = new Map<string | undefined, PoolStats>();
  /** The one used least recently comes first. */
  readonly tenants = new Map<string, Tenant>();
  readonly #closings = new Set<Promise<unknown>>();
  #closed = false;

  constructor(facts: OpeningFacts) {
    const { label, options, databases, environment } = facts;
    this.label = label;
    this.manager = databases.number;
    this.options = options;
    this.environment = environment;
    this.opener = new Opener(facts);
    this.lookups = new Lookups({
      label,
      clock: environment.clock,
      unknownForMs: options.unknownForMs,
      timeoutMs: options.resolveTimeoutMs,
      ask: (tenant, signal) => options.ask(tenant, { databases, signal }),
    });
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Made outside of the caller's context, which must not stick to what others will use. */
  open(id: string, place: OpenPlace): Generation {
    return this.lookups.outside(() => this.opener.open(id, place));
  }

  /** Closes one place of a tenant; what is still going on in it has the time that is given. */
  closeGeneration(generation: Generation, options: { readonly timeoutMs?: number | undefined }): void {
    const { timeoutMs } = options;
    const closing = generation.database.close(timeoutMs === undefined ? {} : { timeoutMs }).then(() => {
      const stats = generation.stats();
      if (stats === undefined) return;
      const { group } = generation;
      this.retired.set(group, sumStats([this.retired.get(group) ?? noStats, { ...stats, max: 0, min: 0 }]));
    });
    this.#closings.add(closing);
    const over = (): void => void this.#closings.delete(closing);
    closing.then(over, over);
  }

  /** Ends new work at once, running work at the deadline. */
  async close(options: { readonly timeoutMs?: number | undefined }): Promise<void> {
    this.#closed = true;
    this.lookups.close();
    for (const { current, left } of this.tenants.values()) {
      for (const generation of current === undefined ? left : [current, ...left]) {
        this.closeGeneration(generation, options);
      }
    }
    this.tenants.clear();
    await Promise.all(this.#closings);
  }
}
