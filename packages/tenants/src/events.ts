import { channel } from "node:diagnostics_channel";

/** What subscribers of the channel `mdb:tenant` get. */
export interface TenantEvent {
  /** `"evicted"` says in `reason` why: `"idle"`, `"room"` for others, `"done"` with `each`, `"gone"`: there is no such tenant any more. */
  readonly type: "opened" | "evicted" | "moved";
  /** The label. */
  readonly database: string;
  /** `DatabaseManager.number`: two managers may use one label. */
  readonly manager: number;
  readonly tenant: string;
  readonly reason?: "idle" | "room" | "done" | "gone";
}

const events = channel("mdb:tenant");

/** Tells those who listen; costs nothing while nobody does. */
export function tell(
  { label: database, manager }: { readonly label: string; readonly manager: number },
  event: Omit<TenantEvent, "database" | "manager">,
): void {
  if (events.hasSubscribers) events.publish({ ...event, database, manager } satisfies TenantEvent);
}
