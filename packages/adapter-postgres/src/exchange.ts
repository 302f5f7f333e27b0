import type { NativeQuery } from "./native.ts";

/** What goes to the server and is answered, as far as the link has to know it. */
export interface Exchange extends NativeQuery {
  /** How many cancellations there had been when the link took it. */
  cancelsBefore: number;
  /** Ends it with an error, when no answer can come any more. */
  abandon(error: unknown): void;
  /** Called by the link, where it was asked to. */
  handleParameterDescription(oids: readonly number[]): void;
}
