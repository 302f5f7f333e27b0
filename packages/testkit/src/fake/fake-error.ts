import type { ErrorInfo, ErrorKind } from "@nsj/mdb-core";

/** An error that a script made. It says itself how it is to be classified. */
export class FakeError extends Error {
  readonly info: ErrorInfo;

  constructor(info: ErrorInfo, message = `fake: ${info.kind}`) {
    super(message);
    this.name = "FakeError";
    this.info = info;
  }
}

/** What the script says about an error: its kind at least. The rest is what the kind makes likely. */
export type FakeFailure = Partial<ErrorInfo> & { readonly kind: ErrorKind };

const connecting: ReadonlySet<ErrorKind> = new Set([
  "refused",
  "unknown-database",
  "connect-timeout",
  "auth",
  "too-many-connections",
]);

/** A failure with nothing left open. */
export function failureInfo(failure: FakeFailure): ErrorInfo {
  const { kind } = failure;
  if (connecting.has(kind)) return { connection: "dead", executed: "no", retry: "connect", ...failure };
  if (kind === "lost") return { connection: "dead", executed: "maybe", retry: "never", ...failure };
  const again = kind === "deadlock" || kind === "serialization";
  return { connection: "ok", executed: "yes", retry: again ? "transaction" : "never", ...failure };
}
