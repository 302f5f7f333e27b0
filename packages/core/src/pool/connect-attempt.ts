import type { ErrorInfo, Timer } from "../driver/index.ts";

/** One attempt to open a connection. It ends by its time limit whatever the driver does. */
export class ConnectAttempt {
  /** `"abandoned"`: the pool has given it up, the driver has not let go yet. */
  state: "running" | "abandoned" | "ended" = "running";
  /** Ends its time: first to connect, then to let go. */
  timer: Pick<Timer, "cancel"> | undefined = undefined;
  readonly controller = new AbortController();
}

/** Of an attempt that took too long. */
export const timedOut: ErrorInfo = Object.freeze({
  kind: "connect-timeout",
  connection: "dead",
  executed: "no",
  retry: "connect",
});

/** Of a connection that died before it was of any use. */
export const lostAtOnce: ErrorInfo = Object.freeze({
  kind: "lost",
  connection: "dead",
  executed: "no",
  retry: "connect",
});
