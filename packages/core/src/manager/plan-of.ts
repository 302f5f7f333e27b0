import type { Plans, ResultSet, StatementPlan } from "../driver/index.ts";
import { NoRowsError, ParameterError, UnsupportedError } from "../errors/index.ts";
import { askApart, type DatabaseContext, type ExecutorInternals, internalsOf, nameOf } from "../session/index.ts";
import type { Database } from "./database.ts";
import { enterMember, type RoutedDatabase } from "./routed-database.ts";

const onlyRows = /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*(?:select|with|values|insert|update|delete|merge)\b/i;
/** How long a plan is waited for, in milliseconds. */
const patienceMs = 5_000;

/**
 * How the engine means to run a statement, whatever its values are: asked on a connection of its own, outside of every transaction, and the statement is not run. Of a
 * label that stands for many databases the one is asked that the calling code means. May be called concurrently.
 * @param text - as events and errors have it: compiled, with the engine's own placeholders, one statement that reads or writes rows
 * @throws UnsupportedError on an engine that does not tell (`dialect.plans`), ParameterError for any other text, NoRowsError where the server only knows the
 *   plans of what it has run (SQL Server) and this is not among them, or plans no further than to a row that is not there (MySQL, joins), StatementError for what the server
 *   refuses: PostgreSQL before version 12, a table that only the caller's transaction can see, a grant that is missing
 */
export async function planOf(database: Database, text: string): Promise<StatementPlan> {
  const inner = internalsOf(database);
  const context = inner?.context as DatabaseContext;
  const { plans } = context.dialect;
  if (inner === undefined || plans === undefined) {
    throw new UnsupportedError(`${nameOf(context)}: the engine does not tell plans without values`, context);
  }
  const only = text.replace(/;\s*$/, "");
  // What stands behind a semicolon would be run.
  if (!onlyRows.test(only) || only.includes(";")) {
    const message = `${nameOf(context)}: a plan can be had of one statement that reads or writes rows, without a semicolon in it`;
    throw new ParameterError(message, context);
  }
  const plan = plans.read(await answerOf(database, only), only);
  if (plan === undefined) {
    throw new NoRowsError(
      `${nameOf(context)}: the server tells no plan of this text: it has not run it lately, or found nothing to plan`,
      context,
    );
  }
  return plan;
}

async function answerOf(database: Database, text: string): Promise<ResultSet> {
  const routed = database as Partial<Pick<RoutedDatabase, typeof enterMember>>;
  const entered = await routed[enterMember]?.({ timeoutMs: patienceMs });
  try {
    const { context } = internalsOf(entered?.database ?? database) as ExecutorInternals;
    return await askApart(context, context.dialect.plans as Plans, text, patienceMs);
  } finally {
    entered?.end();
  }
}
