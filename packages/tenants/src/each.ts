import { CancelledError, ConfigurationError, type Entered, StatementTimeoutError } from "@nsj/mdb-core";
import { TenantMismatchError } from "./errors.ts";
import type { Fleet } from "./fleet.ts";
import type { TenantScope } from "./scope.ts";
import { ServerTurns } from "./server-turns.ts";

/** How all tenants are gone through. */
export interface EachOptions {
  /** Which ones. Default: the `list` of the label. Read one after the other; never all in memory. */
  readonly ids?: Iterable<string> | AsyncIterable<string>;
  /** So many at a time. Default 8. */
  readonly concurrency?: number;
  /** So many at a time on one server. Default 2. */
  readonly perServer?: number;
  /** So long the work of one tenant is waited for, in milliseconds; then it has failed. Default: without end. */
  readonly timeoutMs?: number;
  /** Ends it all. */
  readonly signal?: AbortSignal;
  /** After so many failures nothing more is begun. Default: never. */
  readonly stopAfterFailures?: number;
}

/** What came of it. */
export interface EachReport {
  /** Tenants that were read. */
  readonly total: number;
  readonly done: number;
  /** 1 000 at most are kept, in the order in which they came. */
  readonly failed: readonly { readonly tenant: string; readonly error: unknown }[];
  /** All failures. */
  readonly failures: number;
  /** Tenants that were read, and not begun because too many had failed. */
  readonly skipped: number;
  readonly tookMs: number;
}

/** Work for one tenant, inside of its scope. The signal aborts when its time is over, or all of it ends. */
export type EachWork = (tenant: string, context: { readonly signal: AbortSignal }) => Promise<unknown> | unknown;

const mostKept = 1_000;
/** How long to wait before it is looked again whether others still starve, in milliseconds. */
const yieldMs = 20;

/** Goes through tenants, few at a time, behind everybody else. See `Tenants.each`. */
export async function eachTenant(
  fleet: Fleet,
  scope: TenantScope,
  work: EachWork,
  options: EachOptions,
): Promise<EachReport> {
  const { clock } = fleet.environment;
  const { concurrency = 8, perServer = 2, stopAfterFailures = Number.POSITIVE_INFINITY, signal } = options;
  for (const [name, count] of Object.entries({ concurrency, perServer })) {
    if (!Number.isSafeInteger(count) || count < 1) {
      throw new ConfigurationError(`each: option "${name}" must be an integer of at least 1`, { key: name });
    }
  }
  const ids = options.ids ?? fleet.options.list?.();
  if (ids === undefined) throw new ConfigurationError('each: give "ids", or a "list" to the tenants', { key: "ids" });
  refuseInTransaction(scope);
  const started = clock.now();
  const report = { total: 0, done: 0, failed: [] as { tenant: string; error: unknown }[], failures: 0, skipped: 0 };
  const turns = new ServerTurns(perServer);
  const iterator = Symbol.asyncIterator in ids ? ids[Symbol.asyncIterator]() : ids[Symbol.iterator]();
  let reading: Promise<unknown> = Promise.resolve();
  const next = (): Promise<IteratorResult<string>> => {
    const read = reading.then(() => iterator.next());
    reading = read.catch(() => {});
    return read;
  };
  const goOn = async (): Promise<void> => {
    for (;;) {
      refuseWhenAborted(fleet, signal);
      if (report.failures >= stopAfterFailures) return;
      const { done, value: tenant } = await next();
      if (done === true) return;
      report.total++;
      if (report.failures >= stopAfterFailures) {
        report.skipped++;
        return;
      }
      const failed = (error: unknown): void => {
        report.failures++;
        if (report.failed.length < mostKept) report.failed.push({ tenant, error });
      };
      // Counted before the next one gets its turn, which may be one too many.
      const run = async (): Promise<void> => {
        await whileOthersStarve(fleet, tenant, signal);
        if (report.failures >= stopAfterFailures) {
          report.skipped++;
          return;
        }
        const error = await bounded(fleet, scope, tenant, work, options).then(
          () => undefined,
          (reason: unknown) => ({ reason }),
        );
        if (error === undefined) report.done++;
        else if (signal?.aborted !== true) failed(error.reason);
      };
      try {
        await oneTenant(fleet, tenant, signal, turns, run);
      } catch (error) {
        refuseWhenAborted(fleet, signal);
        failed(error);
      }
    }
  };
  const all = await Promise.allSettled(Array.from({ length: concurrency }, goOn));
  const failure = all.find((it) => it.status === "rejected");
  if (failure !== undefined || report.failures >= stopAfterFailures) await iterator.return?.();
  if (failure !== undefined) throw failure.reason;
  return { ...report, tookMs: clock.now() - started };
}

async function oneTenant(
  fleet: Fleet,
  tenant: string,
  signal: AbortSignal | undefined,
  turns: ServerTurns,
  run: () => Promise<void>,
): Promise<void> {
  const wasOpen = fleet.tenants.has(tenant);
  const entered = await enter(fleet, tenant, signal);
  try {
    await turns.run(fleet.environment.addressOf(entered.database), run);
  } finally {
    entered.end();
    const open = fleet.tenants.get(tenant);
    if (!wasOpen && open !== undefined) fleet.evict(open, "done");
  }
}

/** Waits for a tenant's database, and no longer than the signal lets it. */
async function enter(fleet: Fleet, tenant: string, signal: AbortSignal | undefined): Promise<Entered> {
  const found = fleet.enter(tenant);
  if (!("entered" in found)) return found;
  if (signal === undefined) return found.entered;
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => {
    found.leave();
    reject(cancelled(fleet, signal));
  };
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([found.entered, ended]);
  } finally {
    signal.removeEventListener("abort", onAbort);
    ended.catch(() => {});
  }
}

async function bounded(
  fleet: Fleet,
  scope: TenantScope,
  tenant: string,
  work: EachWork,
  { timeoutMs = Number.POSITIVE_INFINITY, signal }: EachOptions,
): Promise<void> {
  const { clock } = fleet.environment;
  const controller = new AbortController();
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const end = (reason: Error): void => {
    controller.abort(reason);
    reject(reason);
  };
  const onAbort = (): void => end(cancelled(fleet, signal));
  const late = (): void => {
    const message = `${fleet.label}: the work of tenant "${tenant}" did not end within ${timeoutMs} ms`;
    end(new StatementTimeoutError(message, { database: fleet.label }));
  };
  const timer = Number.isFinite(timeoutMs) ? clock.setTimer(late, timeoutMs, { keepProcessAlive: true }) : undefined;
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted === true) onAbort();
  try {
    const run = async (): Promise<unknown> => work(tenant, { signal: controller.signal });
    await Promise.race([scope.run(tenant, run, true), ended]);
  } finally {
    timer?.cancel();
    signal?.removeEventListener("abort", onAbort);
    ended.catch(() => {});
  }
}

/** Those who answer requests come first: nothing is begun while they wait for what it would need. */
async function whileOthersStarve(fleet: Fleet, tenant: string, signal: AbortSignal | undefined): Promise<void> {
  while (fleet.tenants.get(tenant)?.current?.isStarved === true) {
    refuseWhenAborted(fleet, signal);
    await new Promise<void>((resolve) => {
      fleet.environment.clock.setTimer(resolve, yieldMs, { keepProcessAlive: true });
    });
  }
}

function refuseInTransaction(scope: TenantScope): void {
  for (const { label, runningTenant } of scope.users) {
    if (runningTenant === undefined) continue;
    const message = `${label}: each() was called inside of a transaction of tenant "${runningTenant}"; let that end first`;
    throw new TenantMismatchError(message, { database: label, tenant: runningTenant });
  }
}

function refuseWhenAborted(fleet: Fleet, signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw cancelled(fleet, signal);
}

function cancelled({ label }: Fleet, signal: AbortSignal | undefined): CancelledError {
  const message = `${label}: going through the tenants was cancelled by its signal`;
  return new CancelledError(message, { database: label, cause: signal?.reason });
}
