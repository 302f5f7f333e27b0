import type { MaybePromise, ResultSet, Statement } from "@nsj/mdb-core";
import { parameterMismatch } from "./failure.ts";
import { splitScript } from "./script.ts";

/**
 * Runs the statements of a text one after another and chains their results. As in every SQLite shell, each one stands by itself unless
 * the text opens a transaction: what ran before a failure stays.
 *
 * @param runOne - runs one of them
 */
export async function runScript(
  { text, values }: Statement,
  runOne: (text: string) => MaybePromise<ResultSet>,
): Promise<ResultSet> {
  if (values.length > 0) throw parameterMismatch("parameters go with a text of exactly one statement");
  const results: ResultSet[] = [];
  for (const statement of splitScript(text)) results.push(await runOne(statement));
  const empty: ResultSet = { columns: [], rows: [], affected: null };
  const chain = (next: ResultSet | undefined, result: ResultSet) => (next === undefined ? result : { ...result, next });
  return results.reduceRight<ResultSet | undefined>(chain, undefined) ?? empty;
}
