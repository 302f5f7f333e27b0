import { ConfigurationError, classifier, type ErrorInfo, socketErrorCodes, unknownError } from "@nsj/mdb-core";
import { constraintFacts } from "./constraint-facts.ts";
import type { NativeError } from "./native.ts";
import { type CodeFacts, clientCodes, loginKind, serverCodes, stateClasses } from "./server-codes.ts";

/** What the connection knows about an error and the error itself does not say. */
export interface ErrorFacts {
  /** It happened while connecting: some numbers mean something else then. */
  readonly connecting?: true;
  /** Whether the connection has survived it. */
  readonly alive?: boolean;
  /** The statement reads or writes rows only, so that nothing of it was committed on its way. */
  readonly isRowsOnly?: boolean;
}

const noted = Symbol("what the connection knows");

/** Puts facts on an error, for {@link classify}. Of each the first one counts. */
export function noteFacts(error: unknown, facts: ErrorFacts): void {
  if (typeof error !== "object" || error === null || !Object.isExtensible(error)) return;
  const known = (error as { readonly [noted]?: ErrorFacts })[noted];
  Object.defineProperty(error, noted, { value: { ...facts, ...known }, enumerable: false, configurable: true });
}

/** The server's number; `undefined` for every other error. Its own errors come with an SQLSTATE; those of sockets have numbers too. */
export function serverCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const { errno, sqlState } = error as NativeError;
  return typeof errno === "number" && errno >= 1_000 && typeof sqlState === "string" ? errno : undefined;
}

/** Whether the server hangs up behind this error. */
export function endsConnection(error: unknown): boolean {
  const code = serverCode(error);
  return code !== undefined && serverCodes[code]?.fatal === true;
}

/**
 * Says what an error of this driver means: of the server by its number, of the socket by Node's code, of this adapter by what it carries. Goes by codes; texts
 * of the server may be in any language.
 */
export const classify = classifier((error): ErrorInfo | undefined => {
  // A server of the other family: no other try helps.
  if (error instanceof ConfigurationError)
    return { kind: "refused", connection: "dead", executed: "no", retry: "never" };
  const facts = (error as { readonly [noted]?: ErrorFacts })[noted] ?? {};
  const native = error as NativeError;
  const number = serverCode(error);
  if (number !== undefined) return ofServer(native, number, facts);
  const code = typeof native.code === "string" ? native.code : undefined;
  if (facts.connecting === true) return ofConnecting(native, code);
  const socketFailed = code !== undefined && (socketErrorCodes.has(code) || clientCodes.has(code));
  if (socketFailed || facts.alive === false) {
    const lost: ErrorInfo = { kind: "lost", connection: "dead", executed: "maybe", retry: "transaction" };
    return code === undefined ? lost : { ...lost, code };
  }
  return code === undefined ? undefined : { ...unknownError, code };
});

function ofServer(error: NativeError, code: number, facts: ErrorFacts): ErrorInfo {
  const sqlState = String(error.sqlState);
  const common = { code, ...(/^[0-9A-Z]{5}$/.test(sqlState) && { sqlState }) };
  if (facts.connecting === true) {
    const kind = loginKind(code);
    const isFinal = kind === "auth" || kind === "unknown-database";
    return { kind, connection: "dead", executed: "no", retry: isFinal ? "never" : "connect", ...common };
  }
  const known = serverCodes[code] ?? { kind: stateClasses[sqlState.slice(0, 2)] ?? "other" };
  const isDead = known.fatal === true || facts.alive === false;
  if (isDead) {
    const kind = known.kind === "resource" ? known.kind : "lost";
    return { kind, connection: "dead", executed: "maybe", retry: kind === "lost" ? "transaction" : "never", ...common };
  }
  return {
    kind: known.kind,
    connection: known.kind === "lost" ? "suspect" : "ok",
    executed: facts.isRowsOnly === true ? executedOf(known) : "yes",
    retry: known.again === true ? "transaction" : "never",
    ...common,
    ...constraintFacts(code, error.message),
  };
}

/** Of a statement about rows. */
function executedOf({ kind, before }: CodeFacts): ErrorInfo["executed"] {
  if (before === true) return "no";
  // InnoDB takes back the whole transaction of whoever loses a deadlock.
  return kind === "deadlock" ? "undone" : "yes";
}

function ofConnecting({ message }: NativeError, code: string | undefined): ErrorInfo {
  const info = { connection: "dead", executed: "no", ...(code !== undefined && { code }) } as const;
  if (code === "ETIMEDOUT") return { kind: "connect-timeout", ...info, retry: "connect" };
  // mysql2's words for a login method that it does not have or that is not allowed here.
  if (code === "AUTH_SWITCH_PLUGIN_ERROR" || code === "MYSQL_CLEAR_PASSWORD_NOT_ENABLED") {
    return { kind: "auth", ...info, retry: "never" };
  }
  return typeof message === "string" ? { kind: "refused", ...info, retry: "connect" } : unknownError;
}
