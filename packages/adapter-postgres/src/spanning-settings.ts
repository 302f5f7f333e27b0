import type { BeginOptions } from "@nsj/mdb-core";
import type { Prelude } from "./flight.ts";

/**
 * Makes the commit of a transaction durable, whatever the session or the database allow otherwise. "remote_apply" promises more, and stays.
 *
 * @see https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-SYNCHRONOUS-COMMIT
 */
const durable =
  "case when pg_catalog.current_setting('synchronous_commit') <> 'remote_apply' then pg_catalog.set_config('synchronous_commit', 'on', true) end";

/**
 * Ends a transaction that nobody needs any more: one whose coordinator has stopped would keep its locks. A limit of the session's own stays; what is prepared has
 * none.
 *
 * @see https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-TRANSACTION-TIMEOUT
 */
const limit =
  "case pg_catalog.current_setting('transaction_timeout') when '0' then pg_catalog.set_config('transaction_timeout', $1, true) end";

// Texts that come again and again are known by themselves; put together each time, they would have to be read to be found.
const durableText = `select ${durable}`;
/** The commit of a transaction that has set it otherwise meanwhile. */
export const durableCommit = `${durableText}; COMMIT`;
const limitText = `select ${limit}`;
const bothText = `select ${limit}, ${durable}`;

/** What goes behind the BEGIN of a transaction that is one of several: one statement for all that it has to set. */
export function spanningSettings(version: string | undefined, { decides, limitMs }: BeginOptions): Prelude | undefined {
  const isLimited = limitMs !== undefined && Number.parseInt(version ?? "", 10) >= 17;
  if (!isLimited) return decides === true ? { text: durableText, values: [] } : undefined;
  return { text: decides === true ? bothText : limitText, values: [String(Math.ceil(limitMs))] };
}
