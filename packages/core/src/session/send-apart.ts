import type { ResultSet, Statement } from "../driver/index.ts";
import { runAutocommit } from "./autocommit.ts";
import type { DatabaseContext } from "./database-context.ts";
import { sendStatement } from "./operation.ts";
import { runInScope } from "./scope.ts";

/** Runs a statement on a connection of its own, outside of every scope: no caller's transaction, signal or deadline is about it. */
export async function sendApart(context: DatabaseContext, statement: Statement, limitMs: number): Promise<ResultSet> {
  return runInScope(undefined, async () =>
    runAutocommit<ResultSet>(
      context,
      {
        text: statement.text,
        pipelined: false,
        bounds: { deadline: context.clock.now() + limitMs },
        limitMs: Number.POSITIVE_INFINITY,
        statement,
        perform: sendStatement,
      },
      undefined,
    ),
  );
}
