import type { DialectFacts } from "../../driver/index.ts";
import { sql } from "../../sql/index.ts";
import type { DatabaseContext } from "../database-context.ts";
import { runInScope } from "../scope.ts";
import { labelsOf, outside } from "./decision-store.ts";

/** Rows that are looked at, and removed, at once. */
const batchSize = 200;

/** A row that may be forgotten, as far as its age says. */
interface OldDecision {
  readonly id: string;
  readonly branches: string;
}

/**
 * Removes decisions that nobody can ask for any more, the oldest first. By the server's own clock, and only where every label of a row is known and was
 * reached.
 * @param mayGo - whether no branch of the transaction is left anywhere
 */
export async function forgetDecisions(
  context: DatabaseContext,
  retentionMs: number,
  limitMs: number,
  mayGo: (row: { readonly transaction: string; readonly labels: readonly string[] }) => boolean,
): Promise<void> {
  let kept = 0;
  let isMore = true;
  while (isMore) {
    const old = await oldDecisions(context, retentionMs, limitMs, kept);
    const ids = old
      .filter(({ id, branches }) => mayGo({ transaction: id, labels: labelsOf(branches) }))
      .map(({ id }) => id);
    if (ids.length > 0) {
      await runInScope(undefined, () =>
        outside(context).execute(sql`delete from mdb_decisions where id in (${sql.list(ids)})`, { timeoutMs: limitMs }),
      );
    }
    kept += old.length - ids.length;
    isMore = old.length === batchSize;
  }
}

/** The oldest rows behind the first `kept`, which stay: one batch of them. */
async function oldDecisions(
  context: DatabaseContext,
  retentionMs: number,
  limitMs: number,
  kept: number,
): Promise<readonly OldDecision[]> {
  const text = `select id as "id", branches as "branches", decided_at as "decidedAt", current_timestamp as "now" from mdb_decisions order by decided_at, id ${batch(context.dialect, kept)}`;
  const rows = await runInScope(undefined, () =>
    outside(context).query<OldDecision & { readonly decidedAt: unknown; readonly now: unknown }>(text, [], {
      timeoutMs: limitMs,
    }),
  );
  return rows.filter(({ decidedAt, now }) => momentMs(now) - momentMs(decidedAt) > retentionMs);
}

function batch({ limit }: DialectFacts, kept: number): string {
  if (limit === "limit-offset") return `limit ${batchSize} offset ${kept}`;
  return `offset ${kept} rows fetch next ${batchSize} rows only`;
}

/** A moment as the server gives it. Zones are left out: they make an hour of difference, and more counts here. */
export function momentMs(value: unknown): number {
  if (value instanceof Date) return value.getTime();
  return Date.parse(`${String(value).slice(0, 19).replace(" ", "T")}Z`);
}
