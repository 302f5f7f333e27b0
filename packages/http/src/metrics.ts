import type { IncomingMessage, ServerResponse } from "node:http";
import type { DatabaseManager, DatabaseStats, PoolHealth, PoolStats, TimeBucket } from "@nsj/mdb-core";
import { doubts } from "./doubts.ts";
import { type Distribution, PrometheusText, type Sample } from "./prometheus-text.ts";

/** What {@link metrics} takes. */
export interface MetricsOptions {
  /** The pool's name, by default the label. Labels that share one are added up, so that each is no time series of its own. */
  readonly poolName?: (label: string) => string;
}

/** A handler of `node:http` that also gives its text to whoever answers otherwise. */
export interface MetricsHandler {
  (request: IncomingMessage, response: ServerResponse): void;
  /** What the page says now. */
  text(): string;
  /** For the header `content-type`. */
  readonly contentType: string;
}

/** Pools of one name. */
interface Pool {
  readonly labels: { readonly db_client_connection_pool_name: string; readonly mdb_tenant?: string };
  readonly stats: PoolStats[];
}

const states: readonly PoolHealth[] = ["ok", "degraded", "down", "probing"];
const contentType = "text/plain; version=0.0.4; charset=utf-8";

/**
 * A page for Prometheus: what every pool of a manager counts, and what its recovery saw in doubt, under the names that OpenTelemetry's conversion to Prometheus gives to the same figures, units included. Reads
 * `stats()` and nothing else, so it costs nothing between two scrapes and asks no server. Show it to your own network only: it names labels. Tenants
 * are told apart by the groups of their `metricTenant` only.
 */
export function metrics(databases: Pick<DatabaseManager, "stats">, options: MetricsOptions = {}): MetricsHandler {
  const { poolName = (label: string) => label } = options;
  const text = (): string => {
    const stats: Readonly<Record<string, DatabaseStats>> = databases.stats();
    const page = pageOf(poolsOf(stats, poolName));
    for (const { name, help, samples } of doubts(stats)) page.family(name, "gauge", help, samples);
    return page.toString();
  };
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.writeHead(405, { allow: "GET, HEAD" }).end();
      return;
    }
    response.writeHead(200, { "content-type": contentType });
    response.end(request.method === "HEAD" ? undefined : text());
  };
  return Object.assign(handle, { text, contentType });
}

function poolsOf(stats: Readonly<Record<string, PoolStats>>, poolName: (label: string) => string): readonly Pool[] {
  const pools = new Map<string, Pool>();
  const add = (labels: Pool["labels"], of: PoolStats): void => {
    const key = JSON.stringify(labels);
    const pool = pools.get(key) ?? { labels, stats: [] };
    pool.stats.push(of);
    pools.set(key, pool);
  };
  for (const [label, of] of Object.entries(stats)) {
    const name = { db_client_connection_pool_name: poolName(label) };
    if (of.groups === undefined) add(name, of);
    else for (const [group, ofGroup] of Object.entries(of.groups)) add({ ...name, mdb_tenant: group }, ofGroup);
  }
  return [...pools.values()];
}

function pageOf(pools: readonly Pool[]): PrometheusText {
  const page = new PrometheusText();
  const one = (read: (stats: PoolStats) => number) => (): [Record<string, string>, typeof read][] => [[{}, read]];
  const samples = (
    reads: (all: readonly PoolStats[]) => readonly (readonly [object, (stats: PoolStats) => number])[],
  ): Sample[] =>
    pools.flatMap(({ labels, stats }) =>
      reads(stats).map(([more, read]) => ({
        labels: { ...labels, ...more },
        value: stats.reduce((sum, it) => sum + read(it), 0),
      })),
    );
  const gauge = (name: string, help: string, reads: Parameters<typeof samples>[0]): void =>
    page.family(`db_client_connection_${name}`, "gauge", help, samples(reads));
  const counter = (name: string, help: string, reads: Parameters<typeof samples>[0]): void =>
    page.family(`${name}_total`, "counter", help, samples(reads));

  // The exporter's name, although `_count` is the end of a histogram's to Prometheus's own linter: two names for one figure would be worse.
  gauge("count", "Connections that are currently in that state.", () => [
    [{ db_client_connection_state: "idle" }, (it) => it.idle],
    [{ db_client_connection_state: "used" }, (it) => it.busy],
  ]);
  gauge(
    "max",
    "The most connections that there may be.",
    one((it) => it.max),
  );
  gauge(
    "idle_max",
    "The most idle connections that there may be.",
    one((it) => it.max),
  );
  gauge(
    "idle_min",
    "The fewest idle connections that are kept.",
    one((it) => it.min),
  );
  gauge(
    "pending_requests",
    "Callers that wait for a connection.",
    one((it) => it.waiting),
  );
  counter(
    "db_client_connection_timeouts",
    "Callers whose time was over before they got a connection.",
    one((it) => it.timeouts),
  );
  counter(
    "mdb_client_connection_created",
    "Connections that were opened.",
    one((it) => it.created),
  );
  counter(
    "mdb_client_connection_closed",
    "Connections that went, by reason.",
    byReason(({ destroyed }) => destroyed),
  );
  counter(
    "mdb_client_connection_failures",
    "Attempts to connect that failed.",
    one((it) => it.connectFailures),
  );
  counter(
    "mdb_client_request_rejected",
    "Callers that were turned away, by reason.",
    byReason(({ rejected }) => ({ ...rejected })),
  );
  counter(
    "mdb_client_connection_acquired",
    "Leases that were given out.",
    one((it) => it.acquired),
  );
  counter(
    "mdb_client_connection_leaks",
    "Leases that were lost or lasted too long.",
    one((it) => it.leaks),
  );
  counter(
    "mdb_client_connection_resets",
    "Connections that were cleaned after use.",
    one((it) => it.resets),
  );
  counter(
    "mdb_client_connection_validations",
    "Checks of connections.",
    one((it) => it.validations),
  );
  page.family(
    "mdb_client_pool_health",
    "gauge",
    "1 for the state that the pool is in, 0 for the others.",
    healths(pools),
  );
  page.family(
    "mdb_client_connection_oldest_hold_seconds",
    "gauge",
    "How long the oldest lease has lasted.",
    oldest(pools),
  );
  const distributions = (times: "acquireTimes" | "useTimes", total: "acquireTimeMs" | "useTimeMs"): Distribution[] =>
    pools.map(({ labels, stats }) => {
      const sumMs = stats.reduce((sum, it) => sum + it[total], 0);
      return distribution(
        labels,
        stats.map((it) => it[times]),
        sumMs,
      );
    });
  const waits = distributions("acquireTimes", "acquireTimeMs");
  page.histogram("db_client_connection_wait_time_seconds", "How long callers waited for a connection.", waits);
  const uses = distributions("useTimes", "useTimeMs");
  page.histogram("db_client_connection_use_time_seconds", "How long connections were used.", uses);
  return page;
}

/** One sample for each reason that any of the pools of a name knows. */
function byReason(counts: (stats: PoolStats) => Readonly<Record<string, number>>) {
  return (all: readonly PoolStats[]): [object, (stats: PoolStats) => number][] => {
    const reasons = new Set(all.flatMap((it) => Object.keys(counts(it))));
    return Array.from(reasons, (reason) => [{ reason }, (it) => counts(it)[reason] ?? 0]);
  };
}

function healths(pools: readonly Pool[]): Sample[] {
  return pools.flatMap(({ labels, stats }) =>
    states.map((state) => ({
      labels: { ...labels, state },
      value: stats.filter((it) => it.health === state).length,
    })),
  );
}

function oldest(pools: readonly Pool[]): Sample[] {
  return pools.map(({ labels, stats }) => ({
    labels,
    value: Math.max(...stats.map(({ oldestHoldMs }) => oldestHoldMs)) / 1_000,
  }));
}

/** In seconds. */
function distribution(labels: Pool["labels"], all: readonly (readonly TimeBucket[])[], sumMs: number): Distribution {
  let count = 0;
  // A pool that has never been used may have no buckets yet.
  const widest = all.reduce((one, other) => (other.length > one.length ? other : one), []);
  const buckets = widest.map(({ upToMs }, index) => {
    count += all.reduce((total, times) => total + (times[index]?.count ?? 0), 0);
    return { upTo: upToMs / 1_000, count };
  });
  return {
    labels,
    buckets: buckets.length > 0 ? buckets : [{ upTo: Number.POSITIVE_INFINITY, count: 0 }],
    sum: sumMs / 1_000,
  };
}
