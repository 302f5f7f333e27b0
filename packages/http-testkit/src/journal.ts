import { EventEmitter, once } from "node:events";

/** What handlers tell to the tests that run in the same process. */
class Journal {
  readonly #events = new EventEmitter();
  readonly #inUse = new Set<string>();

  /** The next thing that a handler notes. Ask before it can happen. */
  async next(): Promise<unknown> {
    const [what] = await once(this.#events, "note");
    return what;
  }

  note(what: unknown): void {
    this.#events.emit("note", what);
  }

  /** Says whether nobody else uses the connection. */
  enter(connection: string): boolean {
    const free = !this.#inUse.has(connection);
    this.#inUse.add(connection);
    return free;
  }

  leave(connection: string): void {
    this.#inUse.delete(connection);
  }
}

export const journal: Journal = new Journal();
