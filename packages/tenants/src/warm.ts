import type { Entered } from "@nsj/mdb-core";
import type { Fleet } from "./fleet.ts";

/** What came of warming tenants up. */
export interface WarmReport {
  /** Tenants that have a connection now. */
  readonly warmed: number;
  /** Tenants for which there was no room that nobody has, among the connections or the open tenants; no other tenant was touched for them. */
  readonly skipped: number;
  readonly failed: readonly { readonly tenant: string; readonly error: unknown }[];
}

/** Opens tenants and connects one connection each, as far as there is room that nobody has. */
export async function warmTenants(
  fleet: Fleet,
  ids: Iterable<string>,
  { concurrency = 4 }: { readonly concurrency?: number },
): Promise<WarmReport> {
  const report = { warmed: 0, skipped: 0, failed: [] as { tenant: string; error: unknown }[] };
  let opening = 0;
  const waiting = ids[Symbol.iterator]();
  const enter = async (tenant: string): Promise<Entered | undefined> => {
    // One more than may be open would close another one.
    if (!fleet.tenants.has(tenant) && fleet.tenants.size + opening >= fleet.options.open) return undefined;
    opening++;
    try {
      const found = fleet.enter(tenant);
      return "entered" in found ? await found.entered : found;
    } finally {
      opening--;
    }
  };
  const goOn = async (): Promise<void> => {
    for (let next = waiting.next(); next.done !== true; next = waiting.next()) {
      const tenant = next.value;
      let entered: Entered | undefined;
      try {
        entered = await enter(tenant);
        // Nothing may come between this look and the connect, which takes its place in the budget at once.
        if (entered === undefined || !mayConnect(fleet, tenant)) report.skipped++;
        else {
          await entered.database.connect();
          report.warmed++;
        }
      } catch (error) {
        report.failed.push({ tenant, error });
      } finally {
        entered?.end();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, concurrency) }, goOn));
  return report;
}

/** A connection that is there already takes none. */
function mayConnect(fleet: Fleet, tenant: string): boolean {
  const current = fleet.tenants.get(tenant)?.current;
  if (current === undefined) return false;
  return current.hasRoom || (current.stats()?.total ?? 0) > 0;
}
