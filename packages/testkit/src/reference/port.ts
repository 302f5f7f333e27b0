import type { OperationContext } from "@nsj/mdb-core";
import type { Reply, Request } from "./protocol.ts";

/** A way to reach one session of the engine: over a socket, or directly in this process. */
export interface Port {
  /** `false` once nothing can be sent any more. */
  readonly alive: boolean;
  /** Requests that are not answered yet. */
  readonly pending: number;
  /** Called once, when the session is lost while nothing is pending and nobody ended it. */
  onLost: ((error: unknown) => void) | null;
  /** Sends a request. Rejects when the session is lost before the answer. */
  send(request: Request): Promise<Reply>;
  /** Stops the request that runs now, and resolves once it is over. */
  cancel(context: OperationContext): Promise<void>;
  /** Says goodbye. */
  close(context: OperationContext): Promise<void>;
  /** Ends the session at once. */
  destroy(): void;
  ref(): void;
  unref(): void;
}
