import { type Entered, type Entering, PoolClosedError } from "@nsj/mdb-core";
import { tell } from "./events.ts";
import { moveTenant } from "./move.ts";
import { OpenTenants } from "./open-tenants.ts";
import { noFigures } from "./pool-sums.ts";
import { Tenant } from "./tenant.ts";

/** Why a tenant was closed. */
export type EvictReason = "idle" | "room" | "done" | "gone";

/** So many open tenants are looked at for one that may go; when all of them are in use, there are more than asked for. */
const mostTried = 100;

/** After a look-up behind a use that failed, the next one comes this much later. */
const retryAfterMs = 1_000;

/** The open tenants of one label, and how they come and go. */
export class Fleet extends OpenTenants {
  #sweep: { cancel(): void } | undefined;

  /** A tenant's database, opened where it is not. @throws UnknownTenantError, TenantResolveError, TenantUnavailableError, PoolClosedError */
  enter(id: string): Entered | Entering {
    if (this.closed) throw this.#closedError();
    const tenant = this.tenants.get(id);
    if (tenant === undefined) {
      const refusal = this.lookups.refusal(id);
      if (refusal !== undefined) throw refusal;
      const joined = this.lookups.join(id);
      const opened = joined.found.then((found) => this.#arrived(id, found));
      return entering(opened, () => joined.leave());
    }
    const { current } = tenant;
    if (current === undefined) {
      const arrived = Promise.resolve(tenant.arriving).then(() => settled(this.enter(id)));
      return entering(arrived, () => {});
    }
    // The map is in the order of use.
    this.tenants.delete(id);
    this.tenants.set(id, tenant);
    if (this.environment.clock.now() - tenant.checkedAt >= this.options.refreshMs) this.#checkBehind(tenant);
    return tenant.enter(current);
  }

  /** Looks a tenant up again, and moves it where its place has changed. */
  async refresh(id: string): Promise<void> {
    this.lookups.forget(id);
    const tenant = this.tenants.get(id);
    if (tenant === undefined) return;
    await this.#check(tenant);
    await tenant.arriving;
  }

  /** Closes a tenant, unless somebody has anything of it. */
  evict(tenant: Tenant, reason: EvictReason): boolean {
    if (tenant.isInUse || this.tenants.get(tenant.id) !== tenant) return false;
    this.tenants.delete(tenant.id);
    this.counts.evicted[reason]++;
    if (tenant.current !== undefined) this.closeGeneration(tenant.current, {});
    tell(this, { type: "evicted", tenant: tenant.id, reason });
    return true;
  }

  override close(options: { readonly timeoutMs?: number | undefined }): Promise<void> {
    this.#sweep?.cancel();
    return super.close(options);
  }

  async #arrived(id: string, found: unknown): Promise<Entered> {
    if (this.closed) throw this.#closedError();
    if (this.tenants.has(id)) return settled(this.enter(id));
    this.#open(id, found);
    const entered = settled(this.enter(id));
    // Only now: where all others are in use it would be the one that goes, to be looked up and opened again without end.
    if (this.tenants.size > this.options.open) this.#makeRoom();
    return entered;
  }

  #open(id: string, found: unknown): void {
    const place = this.opener.read(id, found);
    if ("unavailable" in place) {
      const error = (): Error => this.opener.unavailable(id, place);
      this.lookups.refuse(id, Math.min(place.retryAfterMs ?? 1_000, this.options.refreshMs), error);
      throw error();
    }
    const { clock } = this.environment;
    this.tenants.set(id, new Tenant(id, this.open(id, place), () => clock.now()));
    this.counts.opened++;
    tell(this, { type: "opened", tenant: id });
    this.#sweepLater();
  }

  #makeRoom(): void {
    let tried = 0;
    for (const tenant of this.tenants.values()) {
      if (this.tenants.size <= this.options.open || ++tried > mostTried) return;
      this.evict(tenant, "room");
    }
  }

  #sweepLater(): void {
    const { idleMs } = this.options;
    if (this.#sweep !== undefined || !Number.isFinite(idleMs) || this.tenants.size === 0) return;
    const run = (): void => {
      this.#sweep = undefined;
      const now = this.environment.clock.now();
      for (const tenant of this.tenants.values()) {
        if (now - tenant.usedAt >= idleMs) this.evict(tenant, "idle");
      }
      this.#sweepLater();
    };
    this.#sweep = this.lookups.outside(() => this.environment.clock.setTimer(run, Math.max(100, idleMs / 4)));
  }

  #checkBehind(tenant: Tenant): void {
    if (tenant.isRefreshing) return;
    // That the place where tenants are looked up is down is nothing that an open tenant should notice.
    this.#check(tenant).catch(() => {
      tenant.checkedAt = this.environment.clock.now() - this.options.refreshMs + retryAfterMs;
    });
  }

  async #check(tenant: Tenant): Promise<void> {
    tenant.isRefreshing = true;
    tenant.checkedAt = this.environment.clock.now();
    const joined = this.lookups.join(tenant.id);
    try {
      const found = await joined.found.catch((error: { readonly code?: string }) => {
        if (error.code !== "MDB_UNKNOWN_TENANT") throw error;
        return undefined;
      });
      if (!this.closed && this.tenants.get(tenant.id) === tenant) moveTenant(this, tenant, found);
    } finally {
      tenant.isRefreshing = false;
      joined.leave();
    }
  }

  #closedError(): PoolClosedError {
    const { name: engine } = this.options.driver;
    return new PoolClosedError(`${this.label} (${engine}): the database is closed`, {
      database: this.label,
      engine,
      pool: noFigures,
    });
  }
}

function settled(found: Entered | Entering): Entered | Promise<Entered> {
  return "entered" in found ? found.entered : found;
}

/** What arrives after its caller has left is given back at once, and what it fails with is nobody's. */
function entering(entered: Promise<Entered>, leave: () => void): Entering {
  let isLeft = false;
  entered.then(
    (it) => {
      if (isLeft) it.end();
    },
    () => {},
  );
  return {
    entered,
    leave() {
      isLeft = true;
      leave();
    },
  };
}
