import type { Attributes } from "@opentelemetry/api";

/** What an error of the library tells, as far as it is read here. */
interface Told {
  readonly code?: unknown;
  readonly sqlState?: unknown;
  readonly vendorCode?: unknown;
}

/** Engines whose SQLSTATE says what happened; elsewhere the server's own number does. */
const byState: ReadonlySet<string> = new Set(["postgres"]);

/** The server's own code of an error: SQLSTATE on PostgreSQL, the vendor's code elsewhere; `undefined` where no server has spoken. */
export function statusCodeOf(engine: string, error: unknown): string | undefined {
  const { sqlState, vendorCode } = told(error);
  const first = byState.has(engine) ? (sqlState ?? vendorCode) : (vendorCode ?? sqlState);
  return typeof first === "string" || typeof first === "number" ? String(first) : undefined;
}

/** What kind of error it is: the server's code, else the library's. A closed list. */
export function errorTypeOf(engine: string, error: unknown): string {
  const { code } = told(error);
  return statusCodeOf(engine, error) ?? (typeof code === "string" ? code : "_OTHER");
}

/** What spans and metrics say of an error. */
export function failureAttributes(engine: string, error: unknown): Attributes {
  const status = statusCodeOf(engine, error);
  const attributes: Attributes = { "error.type": errorTypeOf(engine, error) };
  if (status !== undefined) attributes["db.response.status_code"] = status;
  return attributes;
}

function told(error: unknown): Told {
  return typeof error === "object" && error !== null ? error : {};
}
