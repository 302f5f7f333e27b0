import type { BatchObservableResult, Meter } from "@opentelemetry/api";
import type { Managers } from "./observe-pools.ts";

/** Branches in doubt of transactions over several databases, by label: the servers are asked each time. @returns to be called to end that */
export function observeDoubts(meter: Meter, managers: Managers): () => void {
  const count = meter.createObservableGauge("mdb.in_doubt", {
    unit: "{branch}",
    description: "Prepared branches whose transaction has not ended.",
  });
  const age = meter.createObservableGauge("mdb.in_doubt.age", { unit: "s", description: "The age of the oldest one." });
  const callback = async (result: BatchObservableResult): Promise<void> => {
    const found = new Map<string, { count: number; oldest: number | undefined }>();
    for (const manager of managers()) {
      for (const label of manager.labels) {
        const canPrepare = (manager.database(label).capabilities.branches ?? "none") !== "none";
        if (canPrepare && !found.has(label)) found.set(label, { count: 0, oldest: undefined });
      }
      for (const { label, identifier, preparedAt } of await manager.inDoubt()) {
        const at = found.get(label);
        // Without one it says that the database could not be asked.
        if (at === undefined || identifier === undefined) continue;
        at.count++;
        if (preparedAt !== undefined) at.oldest = Math.min(at.oldest ?? preparedAt, preparedAt);
      }
    }
    for (const [label, it] of found) {
      const attributes = { "mdb.database": label };
      result.observe(count, it.count, attributes);
      result.observe(age, it.oldest === undefined ? 0 : Math.max(0, Date.now() - it.oldest) / 1_000, attributes);
    }
  };
  meter.addBatchObservableCallback(callback, [count, age]);
  return () => meter.removeBatchObservableCallback(callback, [count, age]);
}
