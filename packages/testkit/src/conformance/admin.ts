import type { DriverConnection } from "@nsj/mdb-core";

/** A client of the server that does not use the driver under test: the suite's second pair of eyes, and its axe. */
export interface Admin {
  /** Names the server's session behind a connection, for {@link Admin.kill}. It may run a statement on the connection. */
  identify(connection: DriverConnection): Promise<string>;
  /** Ends a session from outside, as an administrator would. Resolves once the server has accepted the order. */
  kill(identity: string): Promise<void>;
  /** Stops the server and starts it again on the same address; resolves once it accepts connections. */
  restart?(): Promise<void>;
  /** Called once, after the last case. */
  close(): Promise<void>;
}
