import { type DriverConnection, type ErrorInfo, translateError } from "../driver/index.ts";
import { ConnectionLostError, isMdbError, type MdbError } from "../errors/index.ts";
import { type DatabaseContext, placeOf } from "./database-context.ts";

/** What a failed operation means for its caller, for the connection and for repeating it. */
export interface Failure {
  readonly error: MdbError;
  /** What is left of the connection. */
  readonly connection: ErrorInfo["connection"];
  /** The error is the server's own, be it its last word: so the connection was of use. */
  readonly answered: boolean;
  /** The server certainly did not run it. */
  readonly notExecuted: boolean;
  /** The same statement may be sent again by itself where it is all of its transaction: it did not run, and another try may help. */
  readonly replayable: boolean;
}

/** Judges an error of a connection's operation, right after it settled. */
export function failureOf(
  context: DatabaseContext,
  connection: DriverConnection | undefined,
  error: unknown,
  statement?: string,
): Failure {
  const dead = connection !== undefined && !connection.usable;
  if (isMdbError(error)) {
    return { error, connection: dead ? "dead" : "ok", answered: false, notExecuted: false, replayable: false };
  }
  const info = context.classify(error);
  const place = placeOf(context, statement);
  return {
    error: describeIndex(translateError(error, info, place), error),
    connection: dead ? "dead" : info.connection,
    answered: info.executed === "yes" || info.sqlState !== undefined || typeof info.code === "number",
    notExecuted: info.executed === "no",
    replayable: info.executed === "no" && info.retry !== "never",
  };
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
