import { certificateErrorCodes, DriverFault } from "@nsj/mdb-core";

/** Something that the caller asked for cannot be done; nothing was sent. */
export function refusal(
  kind: "unsupported" | "parameter" | "value" | "syntax" | "other" | "resource",
  message: string,
): DriverFault {
  return new DriverFault(message, { kind });
}

/** No connection that we could use, for a reason found on our side. */
export function connectRefused(message: string, cause?: unknown): DriverFault {
  return new DriverFault(message, { kind: "refused", connection: "dead", retry: "connect" }, cause);
}

/** What TLS has failed by, before mysql2 gives every such error one code: of a certificate that is not trusted no other attempt makes a trusted one. */
export function tlsFailed(error: Error): Error {
  const { code } = error as { readonly code?: unknown };
  if (typeof code !== "string" || !certificateErrorCodes.test(code)) return error;
  return new DriverFault(error.message, { kind: "refused", connection: "dead", code }, error);
}

/** A value came that nothing in JavaScript stands for. The statement has run. */
export function unreadable(message: string): DriverFault {
  return new DriverFault(message, { kind: "value", executed: "yes" });
}

/** The server says yes to COMMIT also where it has ended the transaction by itself. */
export function notCommitted(): DriverFault {
  return new DriverFault("the server has ended the transaction already", {
    kind: "transaction-aborted",
    executed: "yes",
  });
}

/** The caller gave up an operation of several statements, between two of them. */
export function givenUp(): DriverFault {
  return new DriverFault("the operation was given up", { kind: "cancelled", executed: "yes" });
}
