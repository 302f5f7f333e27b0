import { channel, tracingChannel } from "node:diagnostics_channel";
import type { EventPlace } from "@nsj/mdb-core";

/** Where something happened: one object for all phases of an event; what is known later is set until its end. Never a body, a key or a credential. */
interface OutboxPlace extends EventPlace {
  /** The outbox's table. */
  readonly table: string;
}

/** What subscribers of the tracing channel `mdb:outbox:add` see: one call of `add` or `addMany`. */
export interface AddEvent extends OutboxPlace {
  /** Each topic once. */
  readonly topics: readonly string[];
  readonly count: number;
  /** At its end: what the caller is given. */
  ids?: readonly string[];
}

/** What subscribers of the tracing channel `mdb:outbox:deliver` see: one call of a handler. */
export interface DeliveryEvent extends OutboxPlace {
  /** What it is given, one or more. */
  readonly messages: readonly DeliveredMessage[];
  /**
   * At its end. `"dead"`: this was its last attempt. `"interrupted"`: the relay was stopped, or has lost the lane; it does not count as an attempt. Absent
   * where several messages have failed together: they are handed over one by one then.
   */
  outcome?: "delivered" | "failed" | "dead" | "interrupted";
}

/** A message of a {@link DeliveryEvent}. */
export interface DeliveredMessage {
  readonly id: string;
  readonly topic: string;
  /** 1 the first time. */
  readonly attempt: number;
  /** The trace context of whoever wrote it. */
  readonly traceparent: string | undefined;
}

/**
 * What subscribers of the channel `mdb:outbox:backlog` see, every ten seconds: what waits in an outbox. One relay of all processes tells it. The table is
 * read only while somebody subscribes.
 */
export interface BacklogEvent extends OutboxPlace {
  /** Those that the relay has handlers for, and those of which something waits. `undefined`: another relay tells it from now on, or none. */
  readonly topics: readonly TopicBacklog[] | undefined;
}

/** What waits of one topic. */
export interface TopicBacklog {
  readonly topic: string;
  /** Messages that wait, those included that are not due yet. */
  readonly waiting: number;
  /** How long the oldest message that could be handed over, or was tried already, has been waiting, in milliseconds. 0 where there is none. */
  readonly ageMs: number;
}

export const added = tracingChannel<unknown, AddEvent>("mdb:outbox:add");
export const delivered = tracingChannel<unknown, DeliveryEvent>("mdb:outbox:deliver");
export const backlogs = channel("mdb:outbox:backlog");
