import type { Entered } from "@nsj/mdb-core";
import type { Fleet } from "./fleet.ts";

/** What came of warming tenants up. */
export interface WarmReport {
  /** Tenants that have a connection now. */
  readonly warmed: number;
  /** Tenants for which there was no connection left that nobody has; no other tenant was touched for them. */
  readonly skipped: number;
  readonly failed: readonly { readonly tenant: string; readonly error: unknown }[];
}

/** Opens tenants and connects one connection each, as far as the budget has any that nobody holds. */
export async function warmTenants(
  fleet: Fleet,
  ids: Iterable<string>,
  { concurrency = 4 }: { readonly concurrency?: number },
): Promise<WarmReport> {
  const report = { warmed: 0, skipped: 0, failed: [] as { tenant: string; error: unknown }[] };
  const { budget } = fleet.opener;
  let connecting = 0;
  const waiting = ids[Symbol.iterator]();
  const goOn = async (): Promise<void> => {
    for (let next = waiting.next(); next.done !== true; next = waiting.next()) {
      const tenant = next.value;
      const hasRoom = budget === undefined || budget.stats().used + connecting < budget.max;
      if (!hasRoom) {
        report.skipped++;
        continue;
      }
      connecting++;
      try {
        const found = fleet.enter(tenant);
        const entered: Entered = "entered" in found ? await found.entered : found;
        try {
          await entered.database.connect();
        } finally {
          entered.end();
        }
        report.warmed++;
      } catch (error) {
        report.failed.push({ tenant, error });
      } finally {
        connecting--;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, concurrency) }, goOn));
  return report;
}
