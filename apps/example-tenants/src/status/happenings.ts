import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { TenantEvent } from "@nsj/mdb-tenants";
import type { ServerName } from "../shops/layouts.ts";
import type { Moved } from "../shops/move-shop.ts";

/** Something that happened to a shop. */
export interface Happening {
  /** Counts up, so that nobody shows one twice. */
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly type: TenantEvent["type"];
  readonly shop: string;
  /** Why it was closed. */
  readonly reason?: TenantEvent["reason"];
  /** Where it was moved to. */
  readonly to?: ServerName;
}

const kept = 40;

/** Listens to the library, and to moves, and keeps the last things that happened to the tenants of a label. */
export class Happenings {
  readonly #label: string;
  readonly #last: Happening[] = [];
  #number = 0;
  #moved = 0;
  readonly #listen = (message: unknown): void => {
    const { type, database, tenant, reason } = message as TenantEvent;
    if (database === this.#label) this.#add({ type, shop: tenant, ...(reason && { reason }) });
  };
  readonly #listenToMoves = (message: unknown): void => {
    const { shop, to } = message as Moved;
    this.#moved++;
    this.#add({ type: "moved", shop, to });
  };

  constructor(label: string) {
    this.#label = label;
    subscribe("mdb:tenant", this.#listen);
    subscribe("shops:moved", this.#listenToMoves);
  }

  /** How many shops were moved to the other server. */
  get moved(): number {
    return this.#moved;
  }

  /** The last ones, the oldest first. */
  get last(): readonly Happening[] {
    return [...this.#last];
  }

  stop(): void {
    unsubscribe("mdb:tenant", this.#listen);
    unsubscribe("shops:moved", this.#listenToMoves);
  }

  #add(happening: Omit<Happening, "number" | "at">): void {
    this.#last.push({ number: ++this.#number, at: Date.now(), ...happening });
    if (this.#last.length > kept) this.#last.shift();
  }
}
