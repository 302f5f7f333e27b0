import type { DriverConnection } from "../driver/index.ts";
import type { MdbError } from "../errors/index.ts";
import type { Bounds } from "./bounds.ts";
import type { DatabaseContext } from "./database-context.ts";
import type { Scope } from "./scope.ts";
import type { ServerTransaction } from "./server-transaction.ts";
import type { SessionOptions } from "./transaction-options.ts";

/** What a unit is made with. */
export interface UnitFacts<Unit> {
  readonly context: DatabaseContext;
  /** Who holds its connection, or, for a savepoint, what runs in it. */
  readonly scope: Scope;
  /** The unit that it is part of: a savepoint's transaction, the pinned connection of a transaction. */
  readonly parent?: Unit | undefined;
  readonly bounds: Bounds;
  /** What its transaction was begun with. */
  readonly options: SessionOptions;
  /** Its transaction on the server; absent for a pinned connection, whose statements commit by themselves. */
  readonly server?: ServerTransaction | undefined;
  /** The connection that was pinned. */
  readonly pinned?: DriverConnection | undefined;
}

/** What the event of a unit is told at its end. */
export interface UnitEnding {
  /** @param error - what its holder gets */
  settled(outcome: "committed" | "rolled back" | "unknown", error?: unknown): void;
}

/** What a unit has open beside its statements: a callback that joined it. Ending the unit interrupts it. */
export interface Child {
  /** For messages: "a callback that had joined it". */
  readonly what: string;
  interrupt(reason: MdbError): void;
}
