import type { ErrorInfo } from "../driver/index.ts";
import type { ConnectionSource } from "./connection-source.ts";

const unclassified: ErrorInfo = Object.freeze({
  kind: "other",
  connection: "dead",
  executed: "no",
  retry: "never",
});

/** What a failure of a connection means. `classify` must not throw; if it does, the pool still has to go on. */
export function classifySafely(source: ConnectionSource, error: unknown): ErrorInfo {
  try {
    return source.classify(error);
  } catch {
    return unclassified;
  }
}
