import type { DialectFacts } from "../../driver/index.ts";
import { sql } from "../../sql/index.ts";
import type { DatabaseContext } from "../database-context.ts";
import { runInScope } from "../scope.ts";
import { labelsOf, outside } from "./decision-store.ts";

/** Rows of one batch. */
const batchSize = 200;

/** A row that may be forgotten, as far as its age says. */
interface OldDecision {
  readonly id: string;
  readonly branches: string;
}

/**
 * Removes decisions that nobody can ask for any more. By the server's own clock, and only where every label of a row is known and was reached.
 * @param mayGo - whether no branch of the transaction is left anywhere
 */
export async function forgetDecisions(
  context: DatabaseContext,
  retentionMs: number,
  limitMs: number,
  mayGo: (row: { readonly transaction: string; readonly labels: readonly string[] }) => boolean,
): Promise<number> {
  const old = await oldDecisions(context, retentionMs, limitMs);
  const ids = old
    .filter(({ id, branches }) => mayGo({ transaction: id, labels: labelsOf(branches) }))
    .map(({ id }) => id);
  if (ids.length === 0) return 0;
  const { rowCount } = await runInScope(undefined, () =>
    outside(context).execute(sql`delete from mdb_decisions where id in (${sql.list(ids)})`, { timeoutMs: limitMs }),
  );
  return rowCount;
}

async function oldDecisions(
  context: DatabaseContext,
  retentionMs: number,
  limitMs: number,
): Promise<readonly OldDecision[]> {
  const text = `select id as "id", branches as "branches", decided_at as "decidedAt", current_timestamp as "now" from mdb_decisions order by id ${firstRows(context.dialect)}`;
  const rows = await runInScope(undefined, () =>
    outside(context).query<OldDecision & { readonly decidedAt: unknown; readonly now: unknown }>(text, [], {
      timeoutMs: limitMs,
    }),
  );
  return rows.filter(({ decidedAt, now }) => momentMs(now) - momentMs(decidedAt) > retentionMs);
}

function firstRows({ limit }: DialectFacts): string {
  if (limit === "limit-offset") return `limit ${batchSize}`;
  return `offset 0 rows fetch next ${batchSize} rows only`;
}

/** Zones are left out: they make hours of difference, and days count. */
function momentMs(value: unknown): number {
  if (value instanceof Date) return value.getTime();
  return Date.parse(`${String(value).slice(0, 19).replace(" ", "T")}Z`);
}
