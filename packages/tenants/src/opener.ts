import {
  type CompositeEnvironment,
  ConfigurationError,
  type Database,
  type DatabaseManager,
  type MdbError,
  RoutedDatabase,
} from "@nsj/mdb-core";
import { Budgets } from "./budgets.ts";
import { TenantMismatchError, TenantUnavailableError } from "./errors.ts";
import { MetricGroups } from "./metric-groups.ts";
import type { CheckedTenantsOptions } from "./options.ts";
import { type OpenPlace, readPlace, type UnavailablePlace } from "./place.ts";
import type { TenantScope } from "./scope.ts";
import { Generation } from "./tenant.ts";

/** What the tenants of a label are opened with. */
export interface OpeningFacts {
  readonly label: string;
  readonly options: CheckedTenantsOptions;
  readonly scope: TenantScope;
  readonly databases: DatabaseManager;
  readonly environment: CompositeEnvironment;
}

/** Makes databases of places. No I/O. */
export class Opener {
  readonly budgets: Budgets;
  readonly #label: string;
  readonly #options: CheckedTenantsOptions;
  readonly #scope: TenantScope;
  readonly #databases: DatabaseManager;
  readonly #environment: CompositeEnvironment;
  readonly #groups: MetricGroups;

  constructor({ label, options, scope, databases, environment }: OpeningFacts) {
    this.#label = label;
    this.#options = options;
    this.#scope = scope;
    this.#databases = databases;
    this.#environment = environment;
    this.budgets = new Budgets(options);
    this.#groups = new MetricGroups(label, options.metricTenant);
  }

  /** Reads what was found of a tenant. @throws ConfigurationError for what is no place */
  read(id: string, found: unknown): OpenPlace | UnavailablePlace {
    return readPlace(found, `${this.#label}: tenant "${id}"`, this.#options.driver.name);
  }

  /** @throws ConfigurationError, UnsupportedError for a place that cannot be opened */
  open(id: string, place: OpenPlace): Generation {
    const { perTenant, hookTimeoutMs } = this.#options;
    const { connections, waiting } = { ...perTenant, ...place.facts.limits };
    const generation: { current?: Generation } = {};
    const group = this.#groups.of(id);
    const options = {
      key: id,
      group,
      refusal: () => this.#refusal(id, generation.current),
      maxConnections: connections,
      maxWaiting: waiting,
    };
    if (place.kind === "shared") {
      const pool = this.#poolOf(id, place.on);
      const database = this.#environment.sharedMember(pool, { ...options, context: place.context, hookTimeoutMs });
      generation.current = new Generation(place, database, group);
      return generation.current;
    }
    const { definition } = place;
    const budget = this.budgets.of(id, place);
    const database = this.#environment.member(definition, {
      ...options,
      budget,
      password: () => generation.current?.password?.(),
    });
    generation.current = new Generation(place, database, group, budget);
    generation.current.password = this.#environment.passwordOf(definition);
    return generation.current;
  }

  /** The error of a tenant that is nowhere for now. */
  unavailable(id: string, { unavailable: reason, retryAfterMs }: UnavailablePlace): TenantUnavailableError {
    const message = `${this.#label}: tenant "${id}" is not available now (${reason})`;
    return new TenantUnavailableError(message, { database: this.#label, tenant: id, reason, retryAfterMs });
  }

  /** Why a session or transaction of a tenant must not be used where the calling code is. */
  #refusal(id: string, generation: Generation | undefined): MdbError | undefined {
    if (generation?.isCut === true) return this.unavailable(id, { unavailable: "moved" });
    const { current } = this.#scope;
    if (current === undefined || current === id) return undefined;
    const message = `${this.#label}: something of tenant "${id}" was used in the scope of "${current}"`;
    return new TenantMismatchError(message, { database: this.#label, tenant: id });
  }

  #poolOf(id: string, on: string): Database {
    const wrong = (why: string): ConfigurationError =>
      new ConfigurationError(`${this.#label}: the place of tenant "${id}" is on "${on}", ${why}`, {
        database: this.#label,
      });
    if (!this.#databases.labels.includes(on)) throw wrong("and there is no such label");
    const pool = this.#databases.database(on);
    if (pool instanceof RoutedDatabase) throw wrong("which is no single database itself");
    if (pool.engine !== this.#options.driver.name) {
      throw wrong(`which is of the engine "${pool.engine}"; all tenants of one label are of one engine`);
    }
    return pool;
  }
}
