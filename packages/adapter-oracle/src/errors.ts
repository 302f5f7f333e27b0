import { classifier, type ErrorInfo } from "@nsj/mdb-core";
import type { CodeFacts } from "./code-facts.ts";
import { njsCodes } from "./njs-codes.ts";
import { oraCodes, undefinedInPlsql } from "./ora-codes.ts";

/** What the connection knows about an error and the error itself does not say. */
export interface ErrorFacts {
  /** It happened while connecting. */
  readonly connecting?: true;
  /** The statement's text, to which a position belongs. */
  readonly text?: string;
  /** Whether the connection has survived it. */
  readonly alive?: boolean;
}

/** The fields of the driver's errors. */
interface NativeError extends Error {
  /** `"ORA-00001"` or `"NJS-500"`. */
  readonly code?: unknown;
  /** The server's number; 0 or absent for errors of the driver. */
  readonly errorNum?: unknown;
  /** Where in the statement, in bytes of UTF-8 from 0. */
  readonly offset?: unknown;
}

const noted = Symbol("what the connection knows");

/** Puts facts on an error, for {@link classify}. The first ones count. */
export function noteFacts(error: unknown, facts: ErrorFacts): void {
  if (typeof error !== "object" || error === null || noted in error || !Object.isExtensible(error)) return;
  Object.defineProperty(error, noted, { value: facts, enumerable: false });
}

/** Says what an error means: of the server by its ORA number, of the driver by its NJS number, of this adapter by what it carries. */
export const classify = classifier((error): ErrorInfo | undefined => {
  const native = error as NativeError;
  const facts = (error as { readonly [noted]?: ErrorFacts })[noted] ?? {};
  const code = codeOf(native);
  if (code === undefined)
    return facts.connecting === true ? whileConnecting({ kind: "refused" }, undefined) : undefined;
  const meaning = meaningOf(code, native.message);
  if (facts.connecting === true) return whileConnecting(meaning, code.text);
  return whileRunning(native, code, meaning, facts);
});

/** NJS-511: connection to listener was refused. */
const listenerRefused = 511;

interface Code {
  readonly text: string;
  readonly from: "ORA" | "NJS";
  readonly number: number;
}

/** The code, also of an error that has it in its message only, as those of a batch have. */
function codeOf({ code, message }: NativeError): Code | undefined {
  const text = typeof code === "string" && code.length < 20 ? code : String(message ?? "").slice(0, 12);
  const match = /^(ORA|NJS)-(\d{3,5})/.exec(text);
  if (match === null) return undefined;
  return { text: match[0], from: match[1] as Code["from"], number: Number(match[2]) };
}

function meaningOf({ from, number }: Code, message: string): CodeFacts {
  if (from === "NJS") {
    // The listener's own number is in the message only.
    const [, refusal] = number === listenerRefused ? (/ORA-(\d{5})/.exec(message) ?? []) : [];
    return (refusal === undefined ? undefined : oraCodes[Number(refusal)]) ?? njsCodes[number] ?? { kind: "other" };
  }
  // The text behind "PLS-" is a number too; the words around it are in any language.
  if (number === 6550) {
    const [, detail] = /PLS-(\d{5})/.exec(message) ?? [];
    const [, inner] = /ORA-(?!06550|06512)(\d{5})/.exec(message) ?? [];
    if (detail !== undefined && undefinedInPlsql.has(Number(detail))) return { kind: "undefined-object" };
    if (detail === "00306") return { kind: "parameter" };
    if (inner !== undefined) return oraCodes[Number(inner)] ?? { kind: "syntax" };
  }
  // A deferred constraint fails at COMMIT, and with it the whole transaction.
  if (number === 2091) {
    const [, inner] = /\n\s*ORA-(\d{5})/.exec(message) ?? [];
    if (inner !== undefined) return oraCodes[Number(inner)] ?? { kind: "transaction-aborted" };
  }
  return oraCodes[number] ?? { kind: "other" };
}

function whileConnecting({ kind }: CodeFacts, code: string | undefined): ErrorInfo {
  const info = { connection: "dead", executed: "no", ...(code === undefined ? {} : { code }) } as const;
  switch (kind) {
    case "auth":
    case "permission":
      return { kind: "auth", ...info, retry: "never" };
    case "unknown-database":
    case "unsupported":
    case "undefined-object":
      return { kind, ...info, retry: "never" };
    case "connect-timeout":
    case "too-many-connections":
    case "lost":
      return { kind, ...info, retry: "connect" };
    default:
      return { kind: "refused", ...info, retry: "connect" };
  }
}

function whileRunning(error: NativeError, code: Code, meaning: CodeFacts, facts: ErrorFacts): ErrorInfo {
  const dead = meaning.fatal === true || facts.alive === false;
  const fromServer = code.from === "ORA";
  // Errors of the driver itself come before anything is sent, but for those about what has come back.
  const refusedByDriver = !fromServer && (meaning.kind === "parameter" || code.number === 115);
  return {
    kind: dead && !isAboutConnection(meaning) ? "lost" : meaning.kind,
    connection: dead ? "dead" : fromServer || refusedByDriver ? "ok" : "suspect",
    executed: dead ? "maybe" : refusedByDriver ? "no" : fromServer ? "yes" : "maybe",
    retry: meaning.again === true || dead ? "transaction" : "never",
    code: code.text,
    ...objectsIn(code.number, error.message),
    ...positionIn(error, facts),
  };
}

function isAboutConnection({ kind }: CodeFacts): boolean {
  return ["lost", "refused", "auth", "too-many-connections", "unknown-database", "connect-timeout"].includes(kind);
}

/** Names stand in the message in parentheses or quotes, whatever language the words around them are in. */
function objectsIn(number: number, message: string): Pick<ErrorInfo, "constraint" | "table" | "columns"> {
  switch (number) {
    case 1:
    case 2290:
    case 2291:
    case 2292:
    case 11534: {
      const [, constraint] = /\([^().]+\.([^()]+)\)/.exec(message) ?? [];
      return constraint === undefined ? {} : { constraint: folded(constraint) };
    }
    case 1400:
    case 1407:
    case 12899: {
      const [, table, column] = /"[^"]+"\."([^"]+)"\."([^"]+)"/.exec(message) ?? [];
      return table === undefined || column === undefined ? {} : { table: folded(table), columns: [folded(column)] };
    }
    default:
      return {};
  }
}

/** A name in the case in which columns come back too. */
function folded(name: string): string {
  return /^[A-Z][A-Z0-9_$#]*$/.test(name) ? name.toLowerCase() : name;
}

function positionIn({ offset, errorNum }: NativeError, { text }: ErrorFacts): Pick<ErrorInfo, "position"> {
  if (text === undefined || typeof offset !== "number" || typeof errorNum !== "number") return {};
  // 0 is also what the server says where there is no position.
  if (!Number.isInteger(offset) || offset <= 0) return {};
  return { position: Buffer.from(text).subarray(0, offset).toString("utf8").length + 1 };
}
