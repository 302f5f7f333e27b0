import { type BudgetStats, ConfigurationError, type ConnectionBudget, connectionBudget } from "@nsj/mdb-core";
import type { CheckedTenantsOptions } from "./options.ts";
import type { OpenPlace } from "./place.ts";

/** The budgets of a label: one for all tenants, or whichever the application gives for each place. */
export class Budgets {
  readonly #budgetOf: Exclude<CheckedTenantsOptions["budget"], ConnectionBudget | undefined>;
  /** Those that were given so far. Held weakly: an application that makes one for each tenant must not keep it for ever by that. */
  readonly #given = new Set<WeakRef<ConnectionBudget>>();
  readonly #known = new WeakSet<ConnectionBudget>();

  constructor({ budget, connections }: Pick<CheckedTenantsOptions, "budget" | "connections">) {
    if (typeof budget === "function") {
      this.#budgetOf = budget;
      return;
    }
    const one = budget ?? connectionBudget({ max: connections });
    this.#budgetOf = () => one;
    this.#note(one);
  }

  /** The budget of a tenant's own database. @throws ConfigurationError where the application gave none */
  of(tenant: string, { definition }: Extract<OpenPlace, { readonly kind: "own" }>): ConnectionBudget {
    const budget = this.#budgetOf({ tenant, definition }) as ConnectionBudget | undefined;
    if (typeof budget?.stats !== "function") {
      throw new ConfigurationError(`tenants: "budget" gave no connectionBudget() for the place of tenant "${tenant}"`, {
        key: "budget",
      });
    }
    this.#note(budget);
    return budget;
  }

  /** The sums of all that were given so far. */
  stats(): BudgetStats {
    const sum = { max: 0, used: 0, starving: 0, reclaimed: 0, handedOver: 0 };
    for (const given of this.#given) {
      const stats = given.deref()?.stats();
      if (stats === undefined) this.#given.delete(given);
      else for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += stats[key];
    }
    return sum;
  }

  #note(budget: ConnectionBudget): void {
    if (this.#known.has(budget)) return;
    this.#known.add(budget);
    this.#given.add(new WeakRef(budget));
  }
}
