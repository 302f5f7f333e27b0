import type {
  DriverConnection,
  ErrorInfo,
  MaybePromise,
  OperationContext,
  ResultSet,
  Statement,
} from "../driver/index.ts";
import type { DatabaseContext } from "./database-context.ts";
import { failureOf } from "./failure.ts";
import { borrow } from "./lease-source.ts";
import { silent } from "./operation.ts";
import { runBounded } from "./run-bounded.ts";
import { runInScope } from "./scope.ts";

/**
 * Runs statements that are nobody's, one after the other on a connection of their own and outside of every scope: no caller's transaction, signal or deadline is
 * about them.
 * @param undone - in a transaction that is rolled back, and with a reset of the session behind them
 * @returns the answer of the last
 */
export async function askApart(
  context: DatabaseContext,
  statements: readonly Statement[],
  undone: boolean,
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
    try {
      if (undone) await run((it) => it.begin({}));
      let answer: ResultSet = { columns: [], rows: [], affected: null };
      for (const statement of statements) {
        text = statement.text;
        answer = await run((it, operation) => it.query(statement, operation));
      }
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
