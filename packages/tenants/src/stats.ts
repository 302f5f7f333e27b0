import type { BudgetStats, PoolStats } from "@nsj/mdb-core";
import type { Fleet } from "./fleet.ts";
import { sumStats } from "./pool-sums.ts";

/** One tenant that is open. */
export interface TenantStats {
  readonly tenant: string;
  /** Calls, sessions and transactions now. */
  readonly uses: number;
  /** How often it is pinned by `use`. */
  readonly pins: number;
  /** Places that it has left, in which work goes on. */
  readonly leaving: number;
  /** Its own pool's figures; `undefined` where it shares another label's. */
  readonly pool: PoolStats | undefined;
}

/** All tenants of a label at one moment: gauges, then counters since the start. */
export interface TenantsStats {
  /**
   * Where each server has a budget of its own: the sums of all that were given for a tenant so far, and that the application still has. The figures of one
   * server are those of its budget.
   */
  readonly budget: BudgetStats;
  readonly tenants: {
    readonly open: number;
    /** Ids that are remembered as unknown, unavailable or not to be looked up. */
    readonly remembered: number;
    readonly opened: number;
    readonly moved: number;
    /** By reason: unused, room for others, `each` was done with it, there is no such tenant any more. */
    readonly evicted: Readonly<Record<"idle" | "room" | "done" | "gone", number>>;
    /** Look-ups: how many, how they went, and how long they took together and at most, in milliseconds. */
    readonly lookups: Readonly<Record<"asked" | "failed" | "unknown" | "totalMs" | "longestMs", number>>;
  };
  /** The sums of the tenants' own pools, of those that are gone too. */
  readonly pools: PoolStats;
  /** The 20 open tenants that were in use longest since this was asked last, in milliseconds of all their calls together. */
  readonly top: readonly { readonly tenant: string; readonly busyMs: number }[];
}

const inTop = 20;

/** The sums of the pools of a label; by group as well, where metrics tell its tenants apart. */
export function poolStats({ tenants, retired }: Fleet): PoolStats {
  const groups = new Map<string | undefined, PoolStats[]>();
  const count = (group: string | undefined, stats: PoolStats): void => {
    const ofGroup = groups.get(group);
    if (ofGroup === undefined) groups.set(group, [stats]);
    else ofGroup.push(stats);
  };
  for (const { current, left } of tenants.values()) {
    for (const generation of current === undefined ? left : [current, ...left]) {
      const stats = generation.stats();
      if (stats !== undefined) count(generation.group, stats);
    }
  }
  for (const [group, stats] of retired) count(group, stats);
  const all = sumStats([...groups.values()].flat());
  const named = [...groups].flatMap(([group, stats]) =>
    group === undefined ? [] : [[group, sumStats(stats)] as const],
  );
  return named.length === 0 ? all : { ...all, groups: Object.fromEntries(named) };
}

/** The figures of a label. */
export function tenantsStats(fleet: Fleet): TenantsStats {
  const { counts, lookups, opener, tenants } = fleet;
  const { opened, moved, evicted } = counts;
  const used = [...tenants.values()].map((it) => ({ tenant: it.id, busyMs: it.takeBusyMs() }));
  const top = used
    .filter(({ busyMs }) => busyMs > 0)
    .sort((a, b) => b.busyMs - a.busyMs)
    .slice(0, inTop);
  return {
    budget: opener.budgets.stats(),
    tenants: {
      open: tenants.size,
      remembered: lookups.remembered,
      opened,
      moved,
      evicted: { ...evicted },
      lookups: { ...lookups.counts },
    },
    pools: poolStats(fleet),
    top,
  };
}

/** One tenant's figures; `undefined` while it is not open. */
export function tenantStats({ tenants }: Fleet, id: string): TenantStats | undefined {
  const tenant = tenants.get(id);
  if (tenant === undefined) return undefined;
  const { uses, pins, left, current } = tenant;
  return { tenant: id, uses, pins, leaving: left.length, pool: current?.stats() };
}
