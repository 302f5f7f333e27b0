/** So many different groups there may be for one label; the tenants of any other are in `"other"`. */
const mostGroups = 50;

/** Where tenants are that are in no group of their own. */
const other = "other";

/** Puts tenants into a bounded number of groups, for metrics: each group is a time series of its own, and ids would be thousands. */
export class MetricGroups {
  readonly #label: string;
  readonly #groupOf: ((tenant: string) => string) | undefined;
  readonly #groups = new Set<string>();
  readonly #warned = new Set<string>();

  constructor(label: string, groupOf: ((tenant: string) => string) | undefined) {
    this.#label = label;
    this.#groupOf = groupOf;
  }

  /** A tenant's group; `undefined` where the application has none. Never throws: metrics are no reason to refuse a tenant. */
  of(tenant: string): string | undefined {
    if (this.#groupOf === undefined) return undefined;
    let group: unknown;
    try {
      group = this.#groupOf(tenant);
    } catch (error) {
      return this.#fold("threw", `threw for a tenant: ${error instanceof Error ? error.message : String(error)}`);
    }
    // What it rejects with later is nobody's.
    if (group instanceof Promise) group.catch(() => {});
    if (typeof group !== "string" || group === "") return this.#fold("no text", "gave no text for a tenant");
    if (group === other || this.#groups.has(group)) return group;
    if (this.#groups.size >= mostGroups)
      return this.#fold("too many", `gives more than ${mostGroups} different groups`);
    this.#groups.add(group);
    return group;
  }

  #fold(kind: string, what: string): string {
    if (!this.#warned.has(kind)) {
      this.#warned.add(kind);
      process.emitWarning(`${this.#label}: "metricTenant" ${what}; in metrics such tenants are "${other}"`, {
        code: "MDB_METRIC_TENANT",
      });
    }
    return other;
  }
}
