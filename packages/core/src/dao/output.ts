import type { ColumnInfo, ResultSet } from "../driver/index.ts";
import { UnsupportedError } from "../errors/index.ts";
import { type ExecutorInternals, internalsOf, type StatementOptions } from "../session/index.ts";
import { compile, quoteIdentifier, type Sql, sql } from "../sql/index.ts";
import type { ExtraColumn, Write } from "./write-parts.ts";

/** How OUTPUT gives the rows of one kind of write to one table: at once, or by way of a temporary table. */
type Form = "direct" | "into";

const forms = new WeakMap<object, Map<string, Form>>();
const outdated = new WeakSet<Error>();

/** Whether an error only says that the form of a write was out of date: the same call succeeds in another transaction. */
export function isOutdatedForm(error: unknown): boolean {
  return error instanceof Error && outdated.has(error);
}

/**
 * Sends a write with an OUTPUT clause. SQL Server refuses one without INTO where a trigger waits for the write (error 334), and only it
 * knows. So the plain one is tried first, once for each kind of write to a table, in a way that a transaction survives.
 * https://learn.microsoft.com/sql/t-sql/queries/output-clause-transact-sql
 */
export async function sendOutput(
  executor: ExecutorInternals,
  write: Write,
  columns: readonly ColumnInfo[],
  options: StatementOptions,
  extra: ExtraColumn | undefined,
): Promise<ResultSet> {
  const { identity } = executor.context;
  const known = forms.get(identity) ?? new Map<string, Form>();
  forms.set(identity, known);
  const key = JSON.stringify([write.verb, extra?.name, ...write.columns.table.parts]);
  const send = async (form: Form, inner: ExecutorInternals): Promise<ResultSet> => {
    const text = form === "direct" ? direct(write, columns, extra, inner) : into(write, columns, extra, inner);
    return inner.send(compile(text, undefined, inner.context), options, write);
  };
  const attempt = (form: Form) =>
    executor.attempt(async (inner) => send(form, internalsOf(inner) as ExecutorInternals));
  const form = known.get(key);
  if (form === "into") return withRows(await send("into", executor));
  try {
    const result = form === "direct" ? await send("direct", executor) : await attempt("direct");
    known.set(key, "direct");
    return withRows(result);
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    known.set(key, "into");
    if (form === undefined || executor.commitsAlone()) return withRows(await attempt("into"));
    // The trigger is new, and the transaction around the write has failed with this.
    outdated.add(error);
    throw error;
  }
}

/** `inserted.*` has hidden columns that `*` leaves out. */
function direct(
  { head, tail }: Write,
  columns: readonly ColumnInfo[],
  extra: ExtraColumn | undefined,
  { context }: ExecutorInternals,
): Sql {
  const values = columns.map(({ name }) => `inserted.${quoteIdentifier([name], context.dialect)}`);
  if (extra !== undefined) values.push(`${extra.expression} as ${extra.name}`);
  // MERGE, and no other, has to end with a semicolon.
  return sql`${head}
output ${sql.raw(values.join(", "))}${tail === sql.empty ? tail : sql`\n${tail}`};`;
}

/**
 * UNION ALL keeps SELECT INTO from copying the identity property; a rowversion would be copied as one, which takes no values, and so becomes
 * the bytes that it is. Nothing stays behind, neither after a failure before nor on a server where the table outlives its batch.
 */
function into(
  { columns: { table }, head, tail }: Write,
  columns: readonly ColumnInfo[],
  extra: ExtraColumn | undefined,
  { context }: ExecutorInternals,
): Sql {
  const names = columns.map(({ name }) => quoteIdentifier([name], context.dialect));
  const samples = names.map((name, index) =>
    columns[index]?.databaseType === "rowversion" ? `convert(binary(8), ${name}) as ${name}` : name,
  );
  const values = names.map((name) => `inserted.${name}`);
  if (extra !== undefined) {
    samples.push(`${extra.sample} as ${extra.name}`);
    values.push(extra.expression);
  }
  const sample = sql`select top 0 ${sql.raw(samples.join(", "))}`;
  return sql`drop table if exists #mdb_rows;
${sample} into #mdb_rows from ${table}
union all ${sample} from ${table};
${head}
output ${sql.raw(values.join(", "))} into #mdb_rows${tail === sql.empty ? tail : sql`\n${tail}`};
select * from #mdb_rows;
drop table #mdb_rows;`;
}

/** The result that has columns, among those of the batch's other statements. */
function withRows(first: ResultSet): ResultSet {
  for (let set: ResultSet | undefined = first; set !== undefined; set = set.next)
    if (set.columns.length > 0) return set;
  return first;
}
