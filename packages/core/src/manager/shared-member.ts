import type { SessionContext } from "../driver/index.ts";
import { contextParts } from "../driver/index.ts";
import { UnsupportedError } from "../errors/index.ts";
import { LeaseLimit, type LeasePool } from "../pool/index.ts";
import { type DatabaseContext, isUndoneLater, nameOf } from "../session/index.ts";
import { rowMappers, type TypeOptions } from "../types/index.ts";
import { Database } from "./database.ts";
import { least, type SharedMemberOptions } from "./member.ts";
import { defaultHookTimeoutMs } from "./open-database.ts";

/** What the label gives to its members. */
interface OfLabel {
  readonly label: string;
  readonly identity: object;
  readonly statementTimeoutMs: number | undefined;
  readonly types: Required<TypeOptions>;
}

/**
 * A database in another one's pool, told apart by the context that travels with everything it sends.
 * @throws UnsupportedError when the engine cannot do that
 */
export function sharedMember(shared: DatabaseContext, options: SharedMemberOptions, of: OfLabel): Database {
  checkContext(shared, options.context, of.label);
  const { maxConnections = Number.POSITIVE_INFINITY, maxWaiting = Number.POSITIVE_INFINITY } = options;
  const place = { database: of.label, engine: shared.engine };
  const pool = shared.lending?.pool ?? shared.pool;
  const limited: LeasePool = Number.isFinite(maxConnections)
    ? new LeaseLimit(pool, {
        ...place,
        key: options.key,
        max: maxConnections,
        maxQueue: maxWaiting,
        clock: shared.clock,
      })
    : pool;
  const context: DatabaseContext = Object.freeze<DatabaseContext>({
    ...shared,
    ...place,
    identity: of.identity,
    lending: undefined,
    key: options.key,
    group: options.group,
    sharedWith: shared.database,
    refusal: options.refusal,
    get capabilities() {
      return shared.capabilities;
    },
    pool: withContext(limited, options.context, shared),
    statementTimeoutMs: least(shared.statementTimeoutMs, of.statementTimeoutMs),
    // Statements of others would be in the same transaction, and in the wrong context.
    pipelining: undefined,
    hookTimeoutMs: options.hookTimeoutMs ?? defaultHookTimeoutMs,
    ...rowMappers(of.types, shared.dialect, place),
  });
  return new Database(context, { connect: async () => {}, evict: () => {}, close: async () => {} });
}

/** Connections are handed out in the context. The pool takes it off again when a lease ends, whoever ends it. */
function withContext(pool: LeasePool, given: SessionContext, shared: DatabaseContext): LeasePool {
  const refuseUndone = (): void => {
    if (!isUndoneLater(shared)) return;
    const message = `${nameOf(shared)}: its tests are rolled back, which cannot be done for what is sent in a context of its own`;
    throw new UnsupportedError(message, shared);
  };
  return {
    get closed() {
      return pool.closed;
    },
    get patience() {
      return pool.patience;
    },
    stats: () => pool.stats(),
    tryAcquire(holder) {
      refuseUndone();
      const lease = pool.tryAcquire(holder);
      lease?.connection.setContext?.(given);
      return lease;
    },
    async acquire(request) {
      refuseUndone();
      const lease = await pool.acquire(request);
      lease.connection.setContext?.(given);
      return lease;
    },
  };
}

function checkContext({ engine, capabilities }: DatabaseContext, given: SessionContext, label: string): void {
  const able = capabilities.context ?? [];
  const asked = contextParts.filter((part) => given[part] !== undefined);
  const unable = asked.filter((part) => !able.includes(part));
  if (unable.length === 0 && asked.length > 0) return;
  const what = unable.length > 0 ? unable.map((it) => `"${it}"`).join(", ") : "nothing that tells its callers apart";
  const can =
    able.length === 0
      ? "this engine has nothing to tell them apart by, so each needs a database of its own"
      : `on this engine it can do so by ${able.map((it) => `"${it}"`).join(", ")}`;
  throw new UnsupportedError(
    `${label} (${engine}): a shared pool was asked to tell its users apart by ${what}; ${can}`,
    { database: label, engine },
  );
}
