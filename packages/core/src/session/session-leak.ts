import { channel } from "node:diagnostics_channel";

const leaks = channel("mdb:session-leak");

/** What of a session is left to clean up when nobody can reach it any more. */
interface Leftover {
  readonly begun: boolean;
  close(): Promise<void>;
}

const registry = new FinalizationRegistry<Leftover>((leftover) => {
  if (!leftover.begun) return;
  leaks.publish({ message: "a session was collected with a transaction open; it is rolled back" });
  leftover.close().catch(() => {});
});

/** Rolls back what a session left open when it is garbage. A safety net: close sessions with `await using` or `withSession`. */
export function watchGarbage(session: object, leftover: Leftover): void {
  registry.register(session, leftover);
}
