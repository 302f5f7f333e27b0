import type { DatabaseManager, PoolHealth, PoolStats } from "@nsj/mdb-core";
import type { Attributes, BatchObservableResult, Meter, Observable } from "@opentelemetry/api";
import { groupAttribute } from "./group-attribute.ts";
import type { Settings } from "./options.ts";

/** The managers that are watched, at this moment. */
export type Managers = () => readonly Pick<DatabaseManager, "stats">[];

type Read = (stats: PoolStats) => Iterable<readonly [value: number, attributes?: Attributes]>;

interface Instrument {
  readonly observable: Observable;
  readonly read: Read;
}

const state = "db.client.connection.state";
const healths: readonly PoolHealth[] = ["ok", "degraded", "down", "probing"];

/** The figures of pools, asked for when they are collected: they cost nothing between that. @returns to be called to end that */
export function observePools(meter: Meter, managers: Managers, { poolName }: Settings): () => void {
  const instruments = instrumentsOf(meter);
  const observables = instruments.map(({ observable }) => observable);
  const callback = (result: BatchObservableResult): void => {
    const sums = new Map<Observable, Map<string, { value: number; readonly attributes: Attributes }>>();
    const add = (stats: PoolStats, pool: Attributes): void => {
      for (const { observable, read } of instruments) {
        const points = sums.get(observable) ?? new Map();
        sums.set(observable, points);
        for (const [value, more] of read(stats)) {
          const attributes = { ...pool, ...more };
          const key = JSON.stringify(attributes);
          // Labels that share a name are one pool to whoever looks.
          const point = points.get(key);
          if (point === undefined) points.set(key, { value, attributes });
          else point.value += value;
        }
      }
    };
    for (const manager of managers()) {
      for (const [label, stats] of Object.entries(manager.stats())) {
        for (const [group, of] of stats.groups === undefined
          ? [[undefined, stats] as const]
          : Object.entries(stats.groups)) {
          add(of, { "db.client.connection.pool.name": poolName(label), ...groupAttribute(group) });
        }
      }
    }
    for (const [observable, points] of sums) {
      for (const { value, attributes } of points.values()) result.observe(observable, value, attributes);
    }
  };
  meter.addBatchObservableCallback(callback, observables);
  return () => meter.removeBatchObservableCallback(callback, observables);
}

function instrumentsOf(meter: Meter): readonly Instrument[] {
  const gauge = (name: string, unit: string, description: string, read: Read): Instrument => ({
    observable: meter.createObservableUpDownCounter(name, { unit, description }),
    read,
  });
  const counter = (name: string, unit: string, description: string, read: Read): Instrument => ({
    observable: meter.createObservableCounter(name, { unit, description }),
    read,
  });
  const connection = "{connection}";
  return [
    gauge("db.client.connection.count", connection, "Connections that are currently in that state.", (it) => [
      [it.idle, { [state]: "idle" }],
      [it.busy, { [state]: "used" }],
    ]),
    gauge("db.client.connection.max", connection, "The most connections that there may be.", (it) => [[it.max]]),
    gauge("db.client.connection.idle.max", connection, "The most idle connections that there may be.", (it) => [
      [it.max],
    ]),
    gauge("db.client.connection.idle.min", connection, "The fewest idle connections that are kept.", (it) => [
      [it.min],
    ]),
    gauge("db.client.connection.pending_requests", "{request}", "Callers that wait for a connection.", (it) => [
      [it.waiting],
    ]),
    counter("db.client.connection.timeouts", "{timeout}", "Callers whose time was over before they got one.", (it) => [
      [it.timeouts],
    ]),
    counter("mdb.client.connection.acquired", "{lease}", "Leases that were given out.", (it) => [[it.acquired]]),
    counter("mdb.client.connection.waited", "{lease}", "Leases that were waited for.", (it) => [[it.waited]]),
    counter("mdb.client.connection.wait_time", "s", "How long leases were waited for, all together.", (it) => [
      [it.acquireTimeMs / 1_000],
    ]),
    counter("mdb.client.connection.use_time", "s", "How long leases lasted, all together.", (it) => [
      [it.useTimeMs / 1_000],
    ]),
    counter("mdb.client.connection.closed", connection, "Connections that went, by reason.", (it) =>
      Object.entries(it.destroyed).map(([reason, count]) => [count, { reason }]),
    ),
    counter("mdb.client.connection.failures", "{attempt}", "Attempts to connect that failed.", (it) => [
      [it.connectFailures],
    ]),
    counter("mdb.client.request.rejected", "{request}", "Callers that were turned away, by reason.", (it) =>
      Object.entries(it.rejected).map(([reason, count]) => [count, { reason }]),
    ),
    counter("mdb.client.connection.leaks", connection, "Leases that were lost or lasted too long.", (it) => [
      [it.leaks],
    ]),
    counter("mdb.client.connection.resets", "{reset}", "Connections that were cleaned after use.", (it) => [
      [it.resets],
    ]),
    counter("mdb.client.connection.validations", "{check}", "Checks of connections.", (it) => [[it.validations]]),
    {
      observable: meter.createObservableGauge("mdb.client.pool.health", {
        unit: "1",
        description: "1 for the state that the pool is in, 0 for the others.",
      }),
      // What is told no more is repeated by the SDK as it was: a pool would be in every state that it ever was in.
      read: (it) => healths.map((health) => [it.health === health ? 1 : 0, { state: health }]),
    },
  ];
}
