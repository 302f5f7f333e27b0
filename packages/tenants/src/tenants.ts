import {
  type Composite,
  type CompositeEnvironment,
  ConfigurationError,
  type DatabaseManager,
  type Entered,
  openComposite,
  ParameterError,
  RoutedDatabase,
} from "@nsj/mdb-core";
import { type CheckOptions, type CheckReport, checkPolicies, sharedPoolOf } from "./check.ts";
import { type EachOptions, type EachReport, type EachWork, eachTenant } from "./each.ts";
import { Fleet } from "./fleet.ts";
import { type CheckedTenantsOptions, checkTenantsOptions, type TenantsOptions } from "./options.ts";
import { type ScopeUser, type TenantScope, tenantScope } from "./scope.ts";
import { poolStats, type TenantStats, type TenantsStats, tenantStats, tenantsStats } from "./stats.ts";
import { TenantDatabase } from "./tenant-database.ts";
import { TenantRouter } from "./tenant-router.ts";
import { type WarmReport, warmTenants } from "./warm.ts";

/** What is there once it is registered. */
interface Registered {
  readonly fleet: Fleet;
  readonly environment: CompositeEnvironment;
  readonly database: RoutedDatabase;
  readonly databases: DatabaseManager;
}

/**
 * Databases that come and go: one label of a manager that stands for a database of each tenant, and the handle for all of them. Every call on the
 * label's database goes to the tenant in whose scope it is made. All methods may be called concurrently.
 */
export class Tenants implements Composite<RoutedDatabase> {
  readonly engine: string;
  readonly #options: CheckedTenantsOptions;
  readonly #scope: TenantScope;
  #registered: Registered | undefined;

  /** @throws ConfigurationError naming the option that is wrong */
  constructor(options: TenantsOptions) {
    this.#options = checkTenantsOptions(options);
    this.#scope = tenantScope(options.scope);
    this.engine = options.driver.name;
  }

  /** For the manager. @throws ConfigurationError when it is registered already */
  [openComposite](label: string, databases: DatabaseManager, environment: CompositeEnvironment): RoutedDatabase {
    if (this.#registered !== undefined) {
      throw new ConfigurationError(
        `${label}: these tenants are registered already, as "${this.#registered.fleet.label}"; make others with tenants()`,
        { database: label },
      );
    }
    const fleet = new Fleet({ label, options: this.#options, scope: this.#scope, databases, environment });
    const database = new RoutedDatabase(this.#parts(fleet, environment));
    this.#registered = { fleet, environment, database, databases };
    const user: ScopeUser = {
      label,
      get runningTenant() {
        return fleet.closed ? undefined : database.runningKey;
      },
    };
    this.#scope.users.add(user);
    return database;
  }

  /**
   * Runs `work` in the scope of a tenant: all that it calls on the label's database, however deep, goes there. Looks nothing up.
   * @throws ParameterError for an id that is none
   * @throws TenantMismatchError inside the scope of another tenant, unless `switch` is set; inside a transaction of another one always
   */
  run<R>(tenant: string, work: () => R, options: { readonly switch?: boolean } = {}): R {
    this.#check(tenant);
    return this.#scope.run(tenant, work, options.switch === true);
  }

  /** The tenant in whose scope the calling code is: for keys of caches, and log lines. */
  current(): string | undefined {
    return this.#scope.current;
  }

  /** A function that runs in the scope in which it was bound, wherever it is called: for emitters and queues. */
  bind<A extends unknown[], R>(work: (...parameters: A) => R): (...parameters: A) => R {
    return this.#scope.bind(work);
  }

  /**
   * The database of one tenant, opened and kept open until it is disposed of: `await using shop = await shops.use(id)`.
   * @throws UnknownTenantError, TenantResolveError, TenantUnavailableError, ParameterError for an id that is none
   */
  async use(tenant: string): Promise<TenantDatabase> {
    this.#check(tenant);
    const { fleet, environment } = this.#live();
    const entered = await enter(fleet, tenant);
    const pinned = fleet.tenants.get(tenant);
    if (pinned !== undefined) pinned.pins++;
    entered.end();
    let isPinned = pinned !== undefined;
    return new TenantDatabase(this.#parts(fleet, environment, tenant), tenant, () => {
      if (!isPinned || pinned === undefined) return;
      isPinned = false;
      pinned.pins--;
    });
  }

  /**
   * Looks a tenant up again, now: what is remembered of it is forgotten, and where its place has changed it moves. Resolves when new work goes to
   * the new place; where it has become unavailable, when nobody works in the old one any more. @throws TenantResolveError: it stays where it is
   */
  async refresh(tenant: string): Promise<void> {
    this.#check(tenant);
    await this.#live().fleet.refresh(tenant);
  }

  /** Opens tenants and connects one connection each, within the budget; takes none from others. Never rejects for a tenant. */
  async warm(tenants: Iterable<string>, options: { readonly concurrency?: number } = {}): Promise<WarmReport> {
    return warmTenants(this.#live().fleet, tenants, options);
  }

  /**
   * Runs `work` for many tenants, few at a time, each in its scope; opens what is closed, and closes it again. Nothing is begun while requests wait
   * for connections. That the work of one fails is in the report.
   * @throws CancelledError when the signal aborts; TenantMismatchError inside a transaction of the label; ConfigurationError
   */
  async each(work: EachWork, options: EachOptions = {}): Promise<EachReport> {
    return eachTenant(this.#live().fleet, this.#scope, work, options);
  }

  /**
   * Looks, as the login that serves one tenant, whether the policies of a shared PostgreSQL keep its tenants apart: no superuser, no BYPASSRLS, no
   * owner who is let off, a policy on every table with the tenant's column, and no rows for whoever has not said for which tenant. For a test, or
   * a step of a deployment.
   * @throws UnsupportedError for a tenant with a database of its own, and on other engines
   */
  async check(tenant: string, options: CheckOptions = {}): Promise<CheckReport> {
    const { fleet, databases } = this.#live();
    await using own = await this.use(tenant);
    const pool = sharedPoolOf(fleet, databases, tenant);
    return checkPolicies(own, pool, options);
  }

  /** The figures of all tenants; or of one, `undefined` while that is not open. */
  stats(): TenantsStats;
  /** The figures of one tenant; `undefined` while it is not open. */
  stats(tenant: string): TenantStats | undefined;
  stats(tenant?: string): TenantsStats | TenantStats | undefined {
    const { fleet } = this.#live();
    return tenant === undefined ? tenantsStats(fleet) : tenantStats(fleet, tenant);
  }

  #parts(fleet: Fleet, environment: CompositeEnvironment, bound?: string) {
    const { driver, types, hookTimeoutMs, perTenant } = this.#options;
    const { statementTimeoutMs } = perTenant;
    const stats = () => poolStats(fleet);
    const options = {
      stats,
      ...(types !== undefined && { types }),
      ...(hookTimeoutMs !== undefined && { hookTimeoutMs }),
      ...(statementTimeoutMs !== undefined && { statementTimeoutMs }),
    };
    return environment.routed(driver, new TenantRouter(fleet, this.#scope, bound), options);
  }

  #live(): Registered {
    if (this.#registered === undefined) {
      throw new ConfigurationError(
        "these tenants are not registered yet; give them to a DatabaseManager under a label",
      );
    }
    return this.#registered;
  }

  #check(tenant: string): void {
    if (typeof tenant === "string" && this.#options.idPattern.test(tenant)) return;
    const found = typeof tenant === "string" ? `a text of ${tenant.length} characters` : `a ${typeof tenant}`;
    throw new ParameterError(`${this.#registered?.fleet.label ?? "tenants"}: ${found} is no tenant's id (idPattern)`);
  }
}

async function enter(fleet: Fleet, tenant: string): Promise<Entered> {
  const found = fleet.enter(tenant);
  return "entered" in found ? found.entered : found;
}

/**
 * Databases that come and go, as an entry of a manager and the handle for its tenants in one.
 * @throws ConfigurationError naming the option that is wrong
 */
export function tenants(options: TenantsOptions): Tenants {
  return new Tenants(options);
}
