import type { NativeCommand } from "./native.ts";

/** A command on its way and its answer, as far as the link has to know them. */
export interface Exchange<T> extends NativeCommand {
  /** Settles with the answer's last packet. */
  readonly result: Promise<T>;
  /** Ends it with an error, when no answer can come any more. */
  abandon(error: unknown): void;
}
