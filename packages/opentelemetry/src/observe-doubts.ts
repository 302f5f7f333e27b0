import type { BatchObservableResult, Meter } from "@opentelemetry/api";
import type { Managers } from "./observe-pools.ts";

/**
 * Branches in doubt of transactions over several databases, by label: the servers are asked each time. A label of which something could not be asked has no
 * value then: nobody knows it. @returns to be called to end that
 */
export function observeDoubts(meter: Meter, managers: Managers): () => void {
  const count = meter.createObservableGauge("mdb.in_doubt", {
    unit: "{branch}",
    description: "Prepared branches whose transaction has not ended.",
  });
  const age = meter.createObservableGauge("mdb.in_doubt.age", { unit: "s", description: "The age of the oldest one." });
  const callback = async (result: BatchObservableResult): Promise<void> => {
    const found = new Map<string, { count: number; oldest: number | undefined }>();
    const unknown = new Set<string>();
    for (const manager of managers()) {
      for (const label of manager.labels) {
        const canPrepare = (manager.database(label).capabilities.branches ?? "none") !== "none";
        if (canPrepare && !found.has(label)) found.set(label, { count: 0, oldest: undefined });
      }
      for (const { label, identifier, preparedAt, decision } of await manager.inDoubt()) {
        const at = found.get(label);
        // What has neither says that the database could not be asked; without the identifier alone it is a branch that is gone.
        if (identifier === undefined && decision === "unreachable") unknown.add(label);
        if (at === undefined || identifier === undefined) continue;
        at.count++;
        if (preparedAt !== undefined) at.oldest = Math.min(at.oldest ?? preparedAt, preparedAt);
      }
    }
    for (const [label, it] of found) {
      if (unknown.has(label)) continue;
      const attributes = { "mdb.database": label };
      result.observe(count, it.count, attributes);
      result.observe(age, it.oldest === undefined ? 0 : Math.max(0, Date.now() - it.oldest) / 1_000, attributes);
    }
  };
  meter.addBatchObservableCallback(callback, [count, age]);
  return () => meter.removeBatchObservableCallback(callback, [count, age]);
}
