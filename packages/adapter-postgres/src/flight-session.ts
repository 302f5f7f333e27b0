import type { Encoded } from "./encoded.ts";
import type { Ahead, Flight } from "./flight.ts";
import type { Link } from "./link.ts";
import type { OwnUsage } from "./own-statements.ts";
import type { SessionChanges } from "./session-changes.ts";
import type { Shape, Shapes } from "./shapes.ts";
import type { Usage } from "./statements.ts";
import type { TransactionTrace } from "./transaction-trace.ts";

/** The session as the flights that it sends see it: what they write and read with, and who has to know what the server has answered. */
export interface FlightSession {
  readonly link: Link;
  readonly shapes: Shapes;
  /** What callers have done to it. */
  readonly changes: SessionChanges;
  readonly trace: TransactionTrace;
  /** How to send a text of our own that comes again and again. */
  own(text: string): OwnUsage;
  /** Takes note of a statement that was prepared under its name and has run. */
  parsed(statement: Encoded, usage: Usage, shape: Shape, parameterOids: readonly number[]): void;
  /** A statement under a name has failed. Says how to send it once more, where it can be. */
  recover(
    flight: Flight<unknown>,
    key: string,
    usage: Usage,
    error: unknown,
    failedUnbound: boolean,
  ): { readonly ahead: Ahead; readonly usage: Usage } | undefined;
  /** Does what a statement's command tag makes necessary. `undefined` for nothing to wait for. @param isOwn - the text was ours */
  after(tag: string, isOwn?: boolean): Promise<unknown> | undefined;
  /** Asks the server what these types are. */
  learnTypes(oids: readonly number[]): Promise<void>;
}
