import { type DriverConnection, type ErrorInfo, translateError } from "../driver/index.ts";
import { ConnectionLostError, isMdbError, type MdbError } from "../errors/index.ts";
import { type DatabaseContext, placeOf } from "./database-context.ts";
import { tellWhetherItRan } from "./unconfirmed.ts";

/** What a failed operation means for its caller, for the connection and for repeating it. */
export interface Failure {
  readonly error: MdbError;
  /** What is left of the connection. */
  readonly connection: ErrorInfo["connection"];
  /** The server certainly did not run it. */
  readonly notExecuted: boolean;
  /** The same statement may be sent again by itself where it is all of its transaction: nothing of it is left, and another try may help. */
  readonly replayable: boolean;
  /** The error is the server's own word: the connection was of use, whatever became of it. */
  readonly answered: boolean;
}

/**
 * Judges an error of a connection's operation, right after it settled.
 * @param alone - it commits, by itself or as COMMIT does: lost on its way, it may have done its work, and is not safe to send again. In a transaction
 *   before COMMIT whatever is lost is undone, and safe to run again
 */
export function failureOf(
  context: DatabaseContext,
  connection: DriverConnection | undefined,
  error: unknown,
  statement?: string,
  alone = false,
): Failure {
  const dead = connection !== undefined && !connection.usable;
  if (isMdbError(error)) {
    tellWhetherItRan(error, alone);
    return { error, connection: dead ? "dead" : "ok", notExecuted: false, replayable: false, answered: false };
  }
  const info = context.classify(error);
  const told = info.kind === "lost" ? { ...info, retry: afterLoss(alone && info.executed !== "no") } : info;
  const translated = describeIndex(translateError(error, told, placeOf(context, statement)), error);
  return {
    error: translated,
    connection: dead ? "dead" : info.connection,
    notExecuted: info.executed === "no",
    // A lock that was not granted in time would be waited for as long again.
    replayable: leftNothing(info, statement) && info.retry !== "never" && info.kind !== "lock-timeout",
    answered:
      info.executed === "yes" ||
      info.executed === "undone" ||
      info.sqlState !== undefined ||
      typeof info.code === "number",
  };
}

function afterLoss(mayHaveRun: boolean): ErrorInfo["retry"] {
  return mayHaveRun ? "never" : "transaction";
}

/** One statement that cannot commit on its way, as a procedure or a text of several statements can. */
const single = /^\s*(?:insert|update|delete|replace|merge|select|with)\s[^;]*;?\s*$/i;

/** Whether nothing of a statement is left that was all of its transaction. */
function leftNothing({ executed }: ErrorInfo, statement: string | undefined): boolean {
  return executed === "no" || (executed === "undone" && statement !== undefined && single.test(statement));
}

/** Whether the connection died under the operation. */
export function isConnectionLoss(failure: Failure): boolean {
  return failure.connection === "dead" || failure.error instanceof ConnectionLostError;
}

/** `executeMany` tells which parameter set failed. */
function describeIndex(translated: MdbError, error: unknown): MdbError {
  if (typeof error === "object" && error !== null && "parameterSetIndex" in error) {
    Object.defineProperty(translated, "parameterSetIndex", { value: error.parameterSetIndex, enumerable: true });
    translated.message += ` (parameter set ${String(error.parameterSetIndex)})`;
  }
  return translated;
}
