import { channel } from "node:diagnostics_channel";

/** What subscribers of the channel `mdb:tenant` get. */
export interface TenantEvent {
  /** `"evicted"` says in `reason` why: `"idle"`, `"room"` for others, `"done"` with `each`, `"gone"`: there is no such tenant any more. */
  readonly type: "opened" | "evicted" | "moved";
  /** The label. */
  readonly database: string;
  readonly tenant: string;
  readonly reason?: "idle" | "room" | "done" | "gone";
}

const events = channel("mdb:tenant");

/** Tells those who listen; costs nothing while nobody does. */
export function tell(event: TenantEvent): void {
  if (events.hasSubscribers) events.publish(event);
}
