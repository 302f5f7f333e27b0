import { certificateErrorCodes, classifier, type ErrorInfo, socketErrorCodes, unknownError } from "@nsj/mdb-core";
import type { NativeError } from "./native.ts";
import { codePointsToUnits } from "./positions.ts";
import { type StateFacts, stateClasses, states } from "./sql-states.ts";

/** What the connection knows about an error and the error itself does not say. */
export interface ErrorFacts {
  /** It happened while connecting. */
  readonly connecting?: true;
  /** The statement's text. */
  readonly sql?: string;
  /** Whether the connection has survived it. */
  readonly alive?: boolean;
  /** Whether a cancellation of ours was on its way. */
  readonly cancelRequested?: boolean;
}

/** Every SQLSTATE has a digit among its five characters; Node's codes (`EPIPE`) have none. */
const sqlStatePattern = /^(?=.*\d)[0-9A-Z]{5}$/;

const noted = Symbol("what the connection knows");

/** Puts facts on an error, for {@link classify}. The first ones count. */
export function noteFacts(error: unknown, facts: ErrorFacts): void {
  if (typeof error !== "object" || error === null || noted in error || !Object.isExtensible(error)) return;
  Object.defineProperty(error, noted, { value: facts, enumerable: false });
}

/** Adds the way out to a message of the server that has none. */
export function explainRefusal(error: unknown): void {
  if (!(error instanceof Error) || (error as NativeError).code !== "42P18") return;
  error.message += '; say its type: sql.typed(value, "text"), or $1::text in the statement';
}

const again = Symbol("what another try may mend");

/** Marks an error that another try, with the statement prepared anew or on another server, may not meet. @param executed - whether anything has run */
export function noteAgain(error: unknown, executed: "no" | "yes"): void {
  Object.defineProperty(error, again, { value: executed, configurable: true });
}

/**
 * Says what an error of this driver means: of the server (by SQLSTATE), of the socket (by Node's code), of pg itself, or of this
 * adapter. Goes by codes; texts of the server may be in any language.
 */
export const classify = classifier((error): ErrorInfo | undefined => {
  const facts = (error as { readonly [noted]?: ErrorFacts })[noted] ?? {};
  const native = error as NativeError;
  const code = typeof native.code === "string" ? native.code : undefined;
  if (code !== undefined && sqlStatePattern.test(code)) return ofServer(native, code, facts);
  if (facts.connecting === true) return ofConnecting(native, code);
  if (isLoss(native, code) || facts.alive === false) {
    const lost: ErrorInfo = { kind: "lost", connection: "dead", executed: "maybe", retry: "transaction" };
    return code === undefined ? lost : { ...lost, code };
  }
  return code === undefined ? undefined : { ...unknownError, code };
});

function ofServer(error: NativeError, sqlState: string, facts: ErrorFacts): ErrorInfo {
  const state = states[sqlState] ?? stateClasses[sqlState.slice(0, 2)] ?? { kind: "other" };
  const base =
    facts.connecting === true ? whileConnecting(sqlState, state) : whileRunning(error, sqlState, state, facts);
  return {
    ...base,
    sqlState,
    ...(error.constraint !== undefined && { constraint: error.constraint }),
    ...(error.table !== undefined && { table: error.table }),
    ...(error.column !== undefined && { columns: [error.column] }),
    ...position(error, facts),
  };
}

function whileConnecting(sqlState: string, { kind }: StateFacts): ErrorInfo {
  const info = { connection: "dead", executed: "no" } as const;
  if (sqlState === "3D000") return { kind: "unknown-database", ...info, retry: "never" };
  if (kind === "auth" || kind === "permission") return { kind: "auth", ...info, retry: "never" };
  if (kind === "too-many-connections" || kind === "unsupported") return { kind, ...info, retry: "connect" };
  return { kind: "refused", ...info, retry: "connect" };
}

/**
 * What `pg_cancel_backend` leads to, where the server speaks English. It has the state and the routine of `statement_timeout`, and differs in nothing but
 * words; in another language a statement that none of ours stopped counts as timed out.
 */
const cancelledByUser = "canceling statement due to user request";

function whileRunning(error: NativeError, sqlState: string, state: StateFacts, facts: ErrorFacts): ErrorInfo {
  // `routine` is the name of the server's C function and never translated.
  if (sqlState === "08P01" && error.routine === "exec_bind_message") {
    return { kind: "parameter", connection: "ok", executed: "no", retry: "never" };
  }
  if (isStalePlan(error)) return { kind: "other", connection: "ok", executed: "no", retry: "transaction" };
  if (sqlState === "57014" && (facts.cancelRequested === true || error.message === cancelledByUser)) {
    return { kind: "cancelled", connection: "ok", executed: "yes", retry: "never" };
  }
  // Errors of class 08 also come from foreign servers, through dblink and postgres_fdw; this connection may be well.
  const dead = facts.alive === undefined ? state.fatal === true : !facts.alive;
  const connection = dead ? "dead" : state.kind === "lost" && facts.alive !== true ? "suspect" : "ok";
  const lost = state.kind === "lost" || state.kind === "refused" || state.kind === "too-many-connections";
  const kind = dead && !lost ? "lost" : lost && connection === "ok" ? "other" : state.kind;
  const executed = sqlState === "57P03" ? "no" : dead ? "maybe" : sqlState === "25P02" ? "no" : "yes";
  const another = (error as { readonly [again]?: "no" | "yes" })[again];
  if (another !== undefined) return { kind, connection, executed: another, retry: "transaction" };
  return { kind, connection, executed, retry: state.again === true || dead ? "transaction" : "never" };
}

/**
 * What a prepared statement may fail with, before anything of it runs, once a column or a type is not any more what it was when it was prepared: a
 * value that the old type cannot hold (22), an operator or a cast that there is none of (42), a type that is gone (XX000, "cache lookup failed").
 */
export function mayBeStaleType(error: unknown): boolean {
  return error instanceof Error && /^(?:22|42|XX)/.test((error as NativeError).code ?? "");
}

/**
 * A prepared statement that the server has forgotten (26000, after DISCARD or DEALLOCATE) or whose result has changed its columns
 * since (0A000 out of RevalidateCachedQuery). Found before anything runs. With a context (`where`) it comes from within a function.
 */
export function isStalePlan(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, routine, where } = error as NativeError;
  if (where !== undefined) return false;
  return code === "26000" || (code === "0A000" && routine === "RevalidateCachedQuery");
}

function ofConnecting({ message }: NativeError, code: string | undefined): ErrorInfo {
  const info = { connection: "dead", executed: "no", ...(code !== undefined && { code }) } as const;
  // pg's own words, in English always: a SCRAM exchange that failed on our side (no password, a server that cannot prove itself).
  if (message.startsWith("SASL")) return { kind: "auth", ...info, retry: "never" };
  const untrusted = code !== undefined && certificateErrorCodes.test(code);
  return { kind: "refused", ...info, retry: untrusted ? "never" : "connect" };
}

/** pg's own words for a connection that is gone. It has no codes for them, and they are in English always. */
const lossMessages: readonly string[] = [
  "Connection terminated",
  "Connection terminated unexpectedly",
  "Client has encountered a connection error and is not queryable",
  "Client was closed and is not queryable",
];

function isLoss({ message }: NativeError, code: string | undefined): boolean {
  return code === undefined ? lossMessages.includes(message) : socketErrorCodes.has(code);
}

function position(error: NativeError, { sql }: ErrorFacts): { readonly position?: number } {
  const codePoints = Number(error.position);
  if (!Number.isSafeInteger(codePoints) || codePoints < 1) return {};
  return { position: sql === undefined ? codePoints : codePointsToUnits(sql, codePoints) };
}
