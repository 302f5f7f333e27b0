/** What can go wrong on the way to a session. */
export type LinkErrorCode =
  | "LOST" // the session ended with requests in the air
  | "GONE" // the session had ended before the request; nothing was sent
  | "CLOSED_IN_LOGIN"
  | "CONNECT_TIMEOUT"
  | "CONNECT_ABORTED"
  | "CONNECT_FAILED";

/** The session could not be reached, or was lost. */
export class LinkError extends Error {
  readonly code: LinkErrorCode;

  constructor(code: LinkErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "LinkError";
    this.code = code;
  }
}
