import { ConnectAttempt } from "./connect-attempt.ts";
import { destroy } from "./end-connection.ts";
import type { PoolState } from "./pool-state.ts";

/** The most attempts to connect at a time. */
const widest = 32;

/**
 * Opens what is wanted and possible now. Slow start: 1, 2, 4, 8 and so on attempts at a time while callers go on waiting, back to 1 once
 * nobody does. So a spike that the present connections can serve opens hardly any, and lasting load gets its connections quickly.
 */
export function grow(state: PoolState, now: number): void {
  const { health, inventory } = state;
  while (wanted(state) > 0 && inventory.connecting < state.connectWindow) {
    if (!health.mayAttempt(now, inventory.connecting)) {
      // While an attempt runs its end leads here again.
      if (inventory.connecting === 0) state.wake(health.retryAt);
      return;
    }
    if (inventory.total >= state.limit(now)) {
      if (makeRoom(state)) continue;
      if (health.cappedUntil > now) state.wake(health.cappedUntil);
      return;
    }
    if (!allowed(state, now)) {
      if (state.queue.size > 0) state.effects.push({ kind: "starve" });
      return;
    }
    open(state);
  }
}

/** Says whether {@link grow} would open one more now, if the budget that is shared with other pools let it. */
export function mayGrow(state: PoolState, now: number): boolean {
  const { health, inventory } = state;
  if (wanted(state) <= 0 || inventory.connecting >= state.connectWindow) return false;
  return health.mayAttempt(now, inventory.connecting) && inventory.total < state.limit(now);
}

/** A connection was opened; if there is use for more, the next ones come faster. */
export function growFaster(state: PoolState): void {
  if (wanted(state) > 0 || state.queue.size > 0) state.connectWindow = Math.min(widest, state.connectWindow * 2);
}

/** Opens one more than is wanted, to replace one that has to go; only where that is safe and there is room. */
export function openSpare(state: PoolState, now: number): void {
  const { health, inventory } = state;
  if (inventory.connecting > 0 || health.last !== undefined || inventory.total >= state.limit(now)) return;
  if (allowed(state, now)) open(state);
}

/** The one who has waited longest insists on a new connection, and there is no room for one: what comes free must go. */
export function owesRoom(state: PoolState, now: number): boolean {
  const { inventory, permanent, queue } = state;
  if (queue.oldest?.terms.fresh !== true || permanent || queue.fresh <= inventory.connecting) return false;
  return inventory.total >= state.limit(now);
}

/** Gives up an attempt that runs. A driver that does not let go is waited for as for a close. */
export function abandon(state: PoolState, attempt: ConnectAttempt, reason: unknown): void {
  attempt.state = "abandoned";
  state.attempts.delete(attempt);
  state.inventory.connecting--;
  state.inventory.abandoned++;
  state.effects.push({ kind: "abandon", attempt, reason });
}

/** Whether the budget that is shared with other pools lets it open one more, which counts from here on. */
function allowed({ share }: PoolState, now: number): boolean {
  return share === undefined || share.take(now);
}

function open(state: PoolState): void {
  const attempt = new ConnectAttempt();
  state.inventory.connecting++;
  state.attempts.add(attempt);
  state.effects.push({ kind: "connect", attempt });
}

function wanted(state: PoolState): number {
  const { inventory, max, options, promising, queue, used } = state;
  const unserved = Math.max(0, queue.size - queue.fresh - promising) + queue.fresh;
  const missing = used ? Math.min(options.min, max) - inventory.usable : 0;
  return Math.max(unserved, missing) - inventory.connecting;
}

/** Somebody insists on a new connection and the pool is full: the idle one unused longest goes. */
function makeRoom(state: PoolState): boolean {
  const { inventory, permanent, queue } = state;
  if (permanent || queue.fresh <= inventory.connecting) return false;
  const [oldest] = inventory.idleFromBottom();
  if (oldest === undefined) return false;
  destroy(state, oldest, "replaced");
  return true;
}
