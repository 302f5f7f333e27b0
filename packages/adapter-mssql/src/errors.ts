import { classifier, type ErrorInfo, type ErrorKind, unknownError } from "@nsj/mdb-core";
import type { NumberFacts } from "./number-facts.ts";
import { loginNumbers, sqlNumbers } from "./sql-numbers.ts";

/** The driver's own codes, and Node's for sockets. */
const lostCodes: ReadonlySet<string> = new Set([
  "ESOCKET",
  "ECLOSE",
  "ECONNCLOSED",
  "ENOTOPEN",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENETDOWN",
]);

const noted = Symbol("what the connection knows");

/** What the connection knows about an error and the error itself does not say. */
export interface ErrorFacts {
  /** It happened while connecting, and the server said these numbers. */
  readonly loginNumbers?: readonly number[];
  /** Whether the connection has survived it. */
  readonly alive?: boolean;
}

/** Puts facts on an error, for {@link classify}. The first ones count. */
export function noteFacts(error: unknown, facts: ErrorFacts): void {
  if (typeof error !== "object" || error === null || noted in error || !Object.isExtensible(error)) return;
  Object.defineProperty(error, noted, { value: facts, enumerable: false });
}

/**
 * Says what an error of this driver means: of the server (by number), of the socket or the driver (by code), or of this adapter. Goes
 * by numbers and codes; texts of the server may be in any language.
 */
export const classify = classifier((error): ErrorInfo | undefined => {
  const facts = (error as { readonly [noted]?: ErrorFacts })[noted] ?? {};
  if (facts.loginNumbers !== undefined) return ofConnecting(error, facts.loginNumbers);
  const server = firstOfServer(error);
  if (server !== undefined) return ofServer(server, facts);
  const code = codeOf(error);
  switch (code) {
    case "ECANCEL":
    case "EABORT":
      return { kind: "cancelled", connection: alive(facts), executed: "maybe", retry: "never", code };
    case "ETIMEOUT":
      return { kind: "statement-timeout", connection: alive(facts), executed: "maybe", retry: "never", code };
    case "EPARAM":
    case "EINPUT":
    case "EARGS":
      return { kind: "parameter", connection: alive(facts), executed: "no", retry: "never", code };
    case "EINVALIDSTATE":
      return { kind: "other", connection: "suspect", executed: "no", retry: "never", code };
    default:
  }
  if ((code !== undefined && lostCodes.has(code)) || facts.alive === false) {
    const lost: ErrorInfo = { kind: "lost", connection: "dead", executed: "maybe", retry: "transaction" };
    return code === undefined ? lost : { ...lost, code };
  }
  return code === undefined ? undefined : { ...unknownError, code };
});

/** An error that the server has sent. */
interface ServerError extends Error {
  readonly number: number;
  readonly class?: number;
}

function isOfServer(error: unknown): error is ServerError {
  return error instanceof Error && typeof (error as Partial<ServerError>).number === "number";
}

/** Several errors of one statement come as one: the first that has a meaning of its own counts. */
export function firstOfServer(error: unknown): ServerError | undefined {
  if (isOfServer(error)) return error;
  if (!(error instanceof AggregateError) || !Array.isArray(error.errors)) return undefined;
  const found = error.errors.filter(isOfServer);
  return found.find((it) => Object.hasOwn(sqlNumbers, it.number)) ?? found[0];
}

function ofServer(error: ServerError, facts: ErrorFacts): ErrorInfo {
  const { number } = error;
  const known: NumberFacts = (Object.hasOwn(sqlNumbers, number) ? sqlNumbers[number] : undefined) ?? { kind: "other" };
  const dead = facts.alive === undefined ? known.fatal === true || (error.class ?? 0) >= 20 : !facts.alive;
  const kind: ErrorKind = dead ? "lost" : number === 547 ? kindOfConflict(error) : known.kind;
  return {
    kind: kind === "lost" && !dead ? "other" : kind,
    connection: dead ? "dead" : "ok",
    executed: dead ? "maybe" : "yes",
    retry: known.again === true || dead ? "transaction" : "never",
    ...(Number.isSafeInteger(number) && { code: number }),
  };
}

/**
 * 547 is about foreign keys and checks alike. Which of them is an argument of its message, a keyword of T-SQL that no language translates: `[COLUMN |
 * TABLE ]CHECK`, `FOREIGN KEY` or `[... ]REFERENCE`. The names are arguments too, in quotes, and left out before the keyword is looked for. A message
 * without one of them says nothing.
 */
function kindOfConflict({ message }: Error): ErrorKind {
  const [keyword] =
    /FOREIGN KEY|REFERENCE|CHECK/.exec(
      message.replace(/["\u201c\u201e\u00ab][\s\S]*?["\u201d\u201c\u00bb]|'[^']*'/g, ""),
    ) ?? [];
  if (keyword === undefined) return "other";
  return keyword === "CHECK" ? "check" : "foreign-key";
}

function ofConnecting(error: Error, numbers: readonly number[]): ErrorInfo {
  const info = { connection: "dead", executed: "no" } as const;
  for (const number of numbers) {
    const kind = Object.hasOwn(loginNumbers, number) ? loginNumbers[number] : undefined;
    if (kind === undefined) continue;
    return { kind, ...info, retry: kind === "too-many-connections" ? "connect" : "never", code: number };
  }
  const [number] = numbers;
  if (number !== undefined) return { kind: "refused", ...info, retry: "connect", code: number };
  const code = codeOf(error);
  if (code === "ETIMEOUT") return { kind: "connect-timeout", ...info, retry: "connect", code };
  const cause = innermostCode(error);
  const hopeless = code === "EENCRYPT" || (cause !== undefined && certificateCodes.test(cause));
  return { kind: "refused", ...info, retry: hopeless ? "never" : "connect", ...(code !== undefined && { code }) };
}

/** OpenSSL's and Node's codes for a certificate that is not trusted. Trying again does not help. */
const certificateCodes = /^(?:CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO|HOSTNAME_|ERR_TLS|ERR_OSSL|ERR_SSL|INVALID_CA)/;

function innermostCode(error: Error): string | undefined {
  let found = codeOf(error);
  let at: unknown = error;
  // Bounded, because a chain of causes may be a circle.
  for (let depth = 0; depth < 8 && at instanceof Error; depth++) {
    found = codeOf(at) ?? found;
    at = (at as { readonly originalError?: unknown }).originalError ?? at.cause;
  }
  return found;
}

function codeOf(error: Error): string | undefined {
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" && code.length <= 100 ? code : undefined;
}

function alive({ alive: survived }: ErrorFacts): "ok" | "dead" {
  return survived === false ? "dead" : "ok";
}
