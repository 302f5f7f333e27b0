import type { ResultSet } from "@nsj/mdb-core";
import { type ColumnPlan, planOf } from "./columns.ts";
import type { NativeResultSet } from "./native.ts";

/** Rows of one round trip at most, where a long result is read whole. */
const largestPortion = 1000;

/** Reads every row of a result, in larger and larger portions, and closes it. */
export async function readAll(rows: NativeResultSet, firstPortion: number): Promise<ResultSet> {
  const plans = rows.metaData.map(planOf);
  const all: unknown[][] = [];
  let size = firstPortion;
  try {
    for (;;) {
      const portion = await rows.getRows(size);
      for (const row of portion) all.push(row);
      await canonical(portion, plans);
      if (portion.length < size) break;
      size = Math.max(size, Math.min(largestPortion, size * 2));
    }
  } finally {
    await rows.close().catch(() => undefined);
  }
  return { columns: plans.map(({ info }) => info), rows: all, affected: all.length };
}

/** Brings values to their canonical form, in place. */
export async function canonical(rows: readonly unknown[][], plans: readonly ColumnPlan[]): Promise<void> {
  for (const [index, { convert, info }] of plans.entries()) {
    if (convert !== null) {
      for (const row of rows) if (row[index] !== null && row[index] !== undefined) row[index] = convert(row[index]);
    }
    if (info.databaseType === "CURSOR") {
      for (const row of rows)
        if (isResultSet(row[index])) row[index] = (await readAll(row[index], largestPortion)).rows;
    }
  }
  // The driver gives `undefined` for some NULLs.
  for (const row of rows)
    for (let index = 0; index < row.length; index++) if (row[index] === undefined) row[index] = null;
}

/** Says whether a value is a REF CURSOR. */
export function isResultSet(value: unknown): value is NativeResultSet {
  return typeof value === "object" && value !== null && "getRows" in value && "metaData" in value;
}
