import type { Clock } from "@nsj/mdb-core";
import type { OpenedFile } from "./opened-file.ts";
import type { StatementKind } from "./statement-kind.ts";
import type { WriterQueue } from "./writer-queue.ts";

/** What running something asks of the transaction around it. */
export interface Needs {
  /** It may change a database file. */
  readonly writes: boolean;
  readonly kind: Pick<StatementKind, "control" | "schema">;
}

/** How a connection may use its database, and with whom. */
export interface Access {
  /** Opened for reading only. */
  readonly readonly: boolean;
  /** Absent where nobody else can write, to a private database. */
  readonly writers: WriterQueue | undefined;
  /** Absent for a database that no name leads to. */
  readonly opened: OpenedFile | undefined;
  readonly busyTimeoutMs: number;
  readonly clock: Clock;
}

/** A transaction that waits for its first statement. */
export interface Pending {
  readonly readOnly: boolean;
  readonly decides: boolean;
  readonly locksLate: boolean;
  readonly savepoints: string[];
}
