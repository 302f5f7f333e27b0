import { isDeepStrictEqual } from "node:util";
import { tell } from "./events.ts";
import type { OpenTenants } from "./open-tenants.ts";
import type { OpenPlace } from "./place.ts";
import type { Generation, Tenant } from "./tenant.ts";

/**
 * Follows what was found of a tenant that is open: nothing where it is where it was, else new work goes to the new place. Running work ends in the
 * old one.
 * @param found - as the resolver gave it; `undefined` where there is no such tenant any more
 */
export function moveTenant(fleet: OpenTenants, tenant: Tenant, found: unknown): void {
  const { current } = tenant;
  if (current === undefined) return;
  const place = found === undefined ? undefined : fleet.opener.read(tenant.id, found);
  if (place === undefined || "unavailable" in place) {
    if (place !== undefined) {
      const forMs = Math.min(place.retryAfterMs ?? 1_000, fleet.options.refreshMs);
      fleet.lookups.refuse(tenant.id, forMs, () => fleet.opener.unavailable(tenant.id, place));
    }
    fleet.tenants.delete(tenant.id);
    fleet.counts.evicted.gone++;
    const empty = leave(fleet, tenant, current);
    // For whoever asked to have it refreshed: maintenance begins when nobody works there any more.
    if (place !== undefined) tenant.arriving = empty;
    tell(fleet, { type: "evicted", tenant: tenant.id, reason: "gone" });
    return;
  }
  const difference = differenceOf(fleet, current, place);
  if (difference === "equal") return;
  // Opened first: a place that cannot be opened changes nothing.
  const next = fleet.open(tenant.id, place);
  fleet.counts.moved++;
  tell(fleet, { type: "moved", tenant: tenant.id });
  const empty = leave(fleet, tenant, current);
  if (fleet.options.move === "overlap" || difference === "password") {
    tenant.current = next;
    return;
  }
  tenant.current = undefined;
  tenant.arriving = empty.then(() => {
    tenant.current = next;
    tenant.arriving = undefined;
    if (fleet.closed) fleet.closeGeneration(next, { timeoutMs: 0 });
  });
}

function differenceOf(fleet: OpenTenants, current: Generation, place: OpenPlace): "equal" | "password" | "different" {
  const { place: before } = current;
  const { version } = place.facts;
  if (version !== undefined && version === before.facts.version) return "equal";
  if (!isDeepStrictEqual(before.facts.limits, place.facts.limits)) return "different";
  if (before.kind === "shared" || place.kind === "shared") {
    const isSame = before.kind === place.kind && isDeepStrictEqual(before, { ...place, facts: before.facts });
    return isSame ? "equal" : "different";
  }
  const difference = fleet.environment.compare(before.definition, place.definition);
  // A function may have closed over another secret: from now on the new one is asked.
  if (difference === "equal") current.password = fleet.environment.passwordOf(place.definition);
  return difference;
}

/** New work does not come here any more: it is closed when it is empty, or when its time is over. Resolves then. */
function leave(fleet: OpenTenants, tenant: Tenant, generation: Generation): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const over = (timeoutMs: number): void => {
    generation.whenUnused = undefined;
    cut.cancel();
    tenant.left = tenant.left.filter((it) => it !== generation);
    fleet.closeGeneration(generation, { timeoutMs });
    resolve();
  };
  tenant.left = [...tenant.left, generation];
  const late = (): void => {
    generation.isCut = true;
    over(0);
  };
  const cut = fleet.lookups.outside(() => fleet.environment.clock.setTimer(late, fleet.options.drainTimeoutMs));
  // Its idle connections go first: they count in the budget.
  generation.database.evictConnections();
  generation.whenUnused = () => over(0);
  if (generation.uses === 0) over(0);
  return promise;
}
