import type { BatchObservableResult, Meter } from "@opentelemetry/api";
import type { Managers } from "./observe-pools.ts";

/**
 * Branches in doubt of transactions over several databases, by label, as recovery saw them when it looked last: no server is asked. A label of which nobody knows has no
 * value: a 0 would say that all is well. @returns to be called to end that
 */
export function observeDoubts(meter: Meter, managers: Managers): () => void {
  const count = meter.createObservableGauge("mdb.in_doubt", {
    unit: "{branch}",
    description: "Prepared branches whose transaction has not ended.",
  });
  const age = meter.createObservableGauge("mdb.in_doubt.age", { unit: "s", description: "The age of the oldest one." });
  const callback = (result: BatchObservableResult): void => {
    for (const [label, { branches, oldest }] of doubtsOf(managers())) {
      const attributes = { "mdb.database": label };
      result.observe(count, branches, attributes);
      if (branches === 0) result.observe(age, 0, attributes);
      // MariaDB does not tell since when.
      else if (oldest !== undefined) result.observe(age, Math.max(0, Date.now() - oldest) / 1_000, attributes);
    }
  };
  meter.addBatchObservableCallback(callback, [count, age]);
  return () => meter.removeBatchObservableCallback(callback, [count, age]);
}

interface Doubts {
  branches: number;
  /** When the oldest one was prepared, in milliseconds since 1970. */
  oldest: number | undefined;
}

/** Labels of several managers that are the same are one to whoever looks. */
function doubtsOf(managers: ReturnType<Managers>): ReadonlyMap<string, Doubts> {
  const found = new Map<string, Doubts>();
  for (const manager of managers) {
    for (const [label, { inDoubt }] of Object.entries(manager.stats())) {
      if (inDoubt === undefined) continue;
      const { count, oldestPreparedAt } = inDoubt;
      const at = found.get(label) ?? { branches: 0, oldest: undefined };
      at.branches += count;
      if (oldestPreparedAt !== undefined) at.oldest = Math.min(at.oldest ?? oldestPreparedAt, oldestPreparedAt);
      found.set(label, at);
    }
  }
  return found;
}
