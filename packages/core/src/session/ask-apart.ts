import type {
  DriverConnection,
  ErrorInfo,
  MaybePromise,
  OperationContext,
  Plans,
  ResultSet,
  Statement,
} from "../driver/index.ts";
import { borrow } from "./borrow.ts";
import type { DatabaseContext } from "./database-context.ts";
import { failureOf } from "./failure.ts";
import { silent } from "./operation.ts";
import { runBounded } from "./run-bounded.ts";
import { runInScope } from "./scope.ts";

/**
 * Asks the server for a plan by statements that are nobody's, one after the other on a connection of their own and outside of every scope: no caller's transaction,
 * signal or deadline is about them.
 * @returns the answer of the last
 */
export async function askApart(
  context: DatabaseContext,
  { about, ask, undone = false }: Plans,
  asked: string,
  limitMs: number,
): Promise<ResultSet> {
  const bounds = { deadline: context.clock.now() + limitMs };
  return runInScope(undefined, async () => {
    const lease = await borrow(context, bounds, undefined);
    const { connection } = lease;
    let text: string | undefined;
    let state: ErrorInfo["connection"] = "ok";
    let answered = true;
    const run = <T>(perform: (it: DriverConnection, operation: OperationContext) => MaybePromise<T>): MaybePromise<T> =>
      runBounded<T>(context, connection, bounds, { ...silent, text, perform });
    const send = (statement: Statement): MaybePromise<ResultSet> => {
      text = statement.text;
      return run((it, operation) => it.query(statement, operation));
    };
    try {
      if (undone) await run((it) => it.begin({}));
      const known = about === undefined ? undefined : await send(about);
      let answer: ResultSet = { columns: [], rows: [], affected: null };
      for (const statement of ask(asked, known)) answer = await send(statement);
      return answer;
    } catch (error) {
      const failure = failureOf(context, connection, error, text);
      state = failure.connection;
      answered = failure.answered;
      throw failure.error;
    } finally {
      // The pool rolls back what is open, and resets what is dirty, before anybody else gets it.
      lease.release({ error: state, dirty: undone, answered });
    }
  });
}
