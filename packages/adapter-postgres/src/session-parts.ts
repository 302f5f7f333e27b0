import type { Prelude } from "./flight.ts";
import type { LoggedIn } from "./login.ts";
import type { ServerFit } from "./server-fit.ts";
import type { ColumnsCache } from "./shapes.ts";
import type { SchemaEpoch } from "./statements.ts";

/** What a session is made with. */
export interface SessionParts {
  readonly loggedIn: LoggedIn;
  readonly columns: ColumnsCache;
  readonly epoch: SchemaEpoch;
  readonly prepared: { readonly max: number; readonly threshold: number } | undefined;
  /** What was set after the login, and is set again whenever the server forgets it; empty for nothing. */
  readonly setup: string;
  /** Travels with each transaction and each statement outside one, where the session must keep nothing. */
  readonly localSetup: Prelude | undefined;
  /** Absent where any server does. */
  readonly fit: ServerFit | undefined;
}
