import {
  ConfigurationError,
  type ConnectionBudget,
  checkOptions,
  type DatabaseDefinition,
  type DatabaseManager,
  type OptionRules,
  type RoutedDriver,
  type TypeOptions,
} from "@nsj/mdb-core";
import { foreignOptions } from "./foreign-options.ts";
import type { Place, TenantLimits } from "./place.ts";

/** What a resolver is given. */
export interface ResolveContext {
  /** The manager that the label is registered in, for the database where tenants are looked up. */
  readonly databases: DatabaseManager;
  /** Aborts once nobody waits for the answer any longer, or it has taken `resolveTimeoutMs`. */
  readonly signal: AbortSignal;
}

/** Finds out where a tenant's data lives; `undefined` where there is no such tenant. Called at most once at a time for each tenant. */
export type Resolve = (tenant: string, context: ResolveContext) => Promise<Place | undefined> | Place | undefined;

/** Bounds for each tenant, where its place has none of its own. */
export interface PerTenant extends TenantLimits {
  /** For every single statement, in milliseconds; it is stopped on the server. */
  readonly statementTimeoutMs?: number;
}

/** How databases that come and go are set up. Times are in milliseconds. */
export interface TenantsOptions {
  /** The driver of all of them, such as `postgresDriver`: so that types and dialect are known before any tenant is. */
  readonly driver: RoutedDriver;
  /** Where a tenant's data lives. Runs outside of any caller's transaction. */
  readonly resolve?: Resolve;
  /** The same from a table; see `tenantTable`. */
  readonly from?: Resolve;
  /** At most this many connections to all tenants' own databases together. Default 200. Set it to the share that the server has for this process. */
  readonly connections?: number;
  /** A budget that is shared with other labels, or one for each server. In place of `connections`. */
  readonly budget?:
    | ConnectionBudget
    | ((place: { readonly tenant: string; readonly definition: DatabaseDefinition }) => ConnectionBudget);
  readonly perTenant?: PerTenant;
  /** At most this many tenants are open while they are not in use; each takes about 9 KiB. Default 1 000. */
  readonly open?: number;
  /** A tenant that was not used for so long is closed. Default 300 000. */
  readonly idleMs?: number;
  /** A tenant that is open is looked up again, behind a use, after so long. Default 60 000. */
  readonly refreshMs?: number;
  /** So long an id stays unknown without being looked up again. Default 30 000. */
  readonly unknownForMs?: number;
  /** So long a look-up may take. Default 10 000. */
  readonly resolveTimeoutMs?: number;
  /**
   * What happens when a tenant's place has changed. `"overlap"` (default): new work goes to the new one at once, running work ends in the old one.
   * `"stop"`: new work waits until the old place is empty, for servers of which both would take writes.
   */
  readonly move?: "overlap" | "stop";
  /** So long running work may go on in a place that the tenant has left. Default 10 000. */
  readonly drainTimeoutMs?: number;
  /** What an id looks like; any other is refused before it is looked up. Default: 1 to 64 of `A-Z`, `a-z`, `0-9`, `_` and `-`. */
  readonly idPattern?: RegExp;
  /** Labels of tenants that name the same scope have the same ambient tenant. Default: a scope of its own. */
  readonly scope?: string;
  /** All ids, for `each`. */
  readonly list?: () => Iterable<string> | AsyncIterable<string>;
  /**
   * The group that metrics count a tenant in, as its plan or its shard: 50 different ones for a label, and any beyond are `"other"`, with a warning once. Called when a
   * tenant is opened; what throws or gives no text is `"other"` too. By default metrics do not tell tenants apart.
   */
  readonly metricTenant?: (tenant: string) => string;
  /** How values come back, for all tenants alike. */
  readonly types?: TypeOptions;
  /** See `DatabaseOptions.hookTimeoutMs`. */
  readonly hookTimeoutMs?: number;
}

const rules: OptionRules<TenantsOptions> = {
  driver: { type: "object", required: true },
  resolve: { type: "function" },
  from: { type: "function" },
  connections: { type: "count" },
  budget: { type: ["object", "function"] },
  perTenant: { type: "object" },
  open: { type: "count" },
  idleMs: { type: "milliseconds" },
  refreshMs: { type: "milliseconds" },
  unknownForMs: { type: "milliseconds" },
  resolveTimeoutMs: { type: "milliseconds" },
  move: { type: "string", oneOf: ["overlap", "stop"] },
  drainTimeoutMs: { type: "milliseconds" },
  idPattern: { type: "object" },
  scope: { type: "string" },
  list: { type: "function" },
  metricTenant: { type: "function" },
  types: { type: "object" },
  hookTimeoutMs: { type: "milliseconds" },
};

/** What holds where nothing is said. */
const defaults = Object.freeze({
  connections: 200,
  open: 1_000,
  idleMs: 300_000,
  refreshMs: 60_000,
  unknownForMs: 30_000,
  resolveTimeoutMs: 10_000,
  move: "overlap" as const,
  drainTimeoutMs: 10_000,
  idPattern: /^[A-Za-z0-9_-]{1,64}$/,
});

/** Options with the defaults filled in. */
export type CheckedTenantsOptions = TenantsOptions &
  typeof defaults & { readonly ask: Resolve; readonly perTenant: PerTenant };

/** @throws ConfigurationError naming the option that is wrong */
export function checkTenantsOptions(options: TenantsOptions): CheckedTenantsOptions {
  checkOptions<TenantsOptions>("tenants", options, rules, "", foreignOptions);
  const { resolve, from, perTenant = {}, connections, budget, idPattern } = options;
  checkOptions<PerTenant>(
    "tenants",
    perTenant,
    { connections: { type: "count" }, waiting: { type: "count" }, statementTimeoutMs: { type: "milliseconds" } },
    "perTenant.",
  );
  const ask = resolve ?? from;
  if (ask === undefined || (resolve !== undefined && from !== undefined)) {
    throw new ConfigurationError('tenants: give either "resolve" or "from"', { key: "resolve" });
  }
  if (connections !== undefined && budget !== undefined) {
    throw new ConfigurationError('tenants: "connections" and "budget" say the same; give one', { key: "budget" });
  }
  if (idPattern !== undefined && !(idPattern instanceof RegExp)) {
    throw new ConfigurationError('tenants: option "idPattern" must be a regular expression', { key: "idPattern" });
  }
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const pattern = withoutPosition(idPattern ?? defaults.idPattern);
  const checked = { ...defaults, ...(given as TenantsOptions), ask, perTenant, idPattern: pattern };
  return Object.freeze(checked) as CheckedTenantsOptions;
}

/** With `g` or `y` it would begin where the last id ended, and refuse every other one that is good. */
function withoutPosition({ source, flags }: RegExp): RegExp {
  return new RegExp(source, flags.replace(/[gy]/g, ""));
}
