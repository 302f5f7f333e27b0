import type { DatabaseSync } from "node:sqlite";
import type { Fate } from "@nsj/mdb-core";
import { pause } from "../pause.ts";
import { EngineError } from "./engine-error.ts";

/** A prepared transaction, as it is listed. */
export interface PreparedEntry {
  readonly identifier: string;
  /** In milliseconds since 1970. */
  readonly preparedAt: number;
}

interface Entry extends PreparedEntry {
  readonly handle: DatabaseSync;
  readonly onEnd: (fate: Fate) => void;
  busy: boolean;
}

/** How long somebody who finishes a prepared transaction is at it, so that another one can meet him. */
const finishingMs = 20;

/** The prepared transactions of a database: each is a handle of SQLite's, with its transaction open and its lock held. */
export class EnginePrepared {
  readonly #entries = new Map<string, Entry>();

  /** @param onEnd - told what becomes of it */
  add(identifier: string, handle: DatabaseSync, onEnd: Entry["onEnd"]): void {
    if (this.#entries.has(identifier)) throw new EngineError("OTHER", "something is prepared under this name already");
    this.#entries.set(identifier, { identifier, preparedAt: Date.now(), handle, onEnd, busy: false });
  }

  async finish(identifier: string, end: "commit" | "rollback"): Promise<"done" | "gone" | "busy"> {
    const entry = this.#entries.get(identifier);
    if (entry === undefined) return "gone";
    if (entry.busy) return "busy";
    entry.busy = true;
    try {
      await pause(finishingMs);
      entry.handle.exec(end);
      entry.handle.close();
      entry.onEnd(end === "commit" ? "committed" : "rolled back");
    } finally {
      entry.busy = false;
    }
    this.#entries.delete(identifier);
    return "done";
  }

  list(): readonly PreparedEntry[] {
    return [...this.#entries.values()].map(({ identifier, preparedAt }) => ({ identifier, preparedAt }));
  }

  close(): void {
    for (const { handle } of this.#entries.values()) handle.close();
    this.#entries.clear();
  }
}
