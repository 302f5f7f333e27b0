import type { ErrorInfo } from "./error-info.ts";

/** A registered symbol, because two copies of this package can meet. */
const meaning = Symbol.for("@nsj/mdb/driver-fault");

/** What {@link Driver.classify} answers for an error that the driver knows nothing about. */
export const unknownError: ErrorInfo = Object.freeze({
  kind: "other",
  connection: "suspect",
  executed: "maybe",
  retry: "never",
});

/**
 * An error that an adapter raises by itself, because neither the server nor the driver has one for it: a parameter that cannot be bound, a
 * connection that is closed already. It carries what {@link classifier} says about it.
 */
export class DriverFault extends Error {
  override readonly name = "DriverFault";
  /** What `classify` answers. */
  readonly info: ErrorInfo;

  /**
   * @param message - for people; no values and no secrets
   * @param info - what it means. What is left out says that the caller asked for something that cannot be done, and nothing was sent:
   *   `connection: "ok"`, `executed: "no"`, `retry: "never"`
   * @param cause - the error that led to it
   */
  constructor(message: string, info: Pick<ErrorInfo, "kind"> & Partial<ErrorInfo>, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.info = Object.freeze({ connection: "ok", executed: "no", retry: "never", ...info });
    Object.defineProperty(this, meaning, { value: this.info });
  }

  /** The connection was lost before this statement, so that nothing of it was sent. @param cause - what it was lost by */
  static alreadyLost(cause: unknown): DriverFault {
    const info = { kind: "lost", connection: "dead", retry: "transaction" } as const;
    // Why the server has ended it, so far as it has said so: a limit of its own, an administrator.
    const why = cause instanceof Error ? ` (${cause.message.split("\n", 1)[0]})` : "";
    return new DriverFault(`the connection was lost before the statement was sent${why}`, info, cause);
  }

  /** The connection went, or was cut by the adapter, while something was under way: the statement may have run. */
  static lost(message: string, cause?: unknown): DriverFault {
    return new DriverFault(
      message,
      { kind: "lost", connection: "dead", executed: "maybe", retry: "transaction" },
      cause,
    );
  }

  /** The deadline of a connect passed. */
  static connectTimeout(): DriverFault {
    const info = { kind: "connect-timeout", connection: "dead", retry: "connect" } as const;
    return new DriverFault("the server did not finish the login in time", info);
  }

  /** The caller gave a connect up. @param reason - that of its signal */
  static connectAborted(reason: unknown): DriverFault {
    return new DriverFault("connecting was given up", { kind: "cancelled", connection: "dead" }, reason);
  }
}

/**
 * Makes a total `classify` of a function that knows the driver's own errors. It answers for a {@link DriverFault}, and {@link unknownError} for
 * what is no `Error`, what cannot be looked at, and what the function gives nothing for.
 *
 * @param native - what an error of the driver means; `undefined` for one that it does not know
 */
export function classifier(native: (error: Error) => ErrorInfo | undefined): (error: unknown) => ErrorInfo {
  return (error) => {
    try {
      if (!(error instanceof Error)) return unknownError;
      return (error as { readonly [meaning]?: ErrorInfo })[meaning] ?? native(error) ?? unknownError;
    } catch {
      // An object whose properties throw when they are read.
      return unknownError;
    }
  };
}
