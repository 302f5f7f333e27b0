import type { EngineSession } from "../engine/engine-session.ts";
import { DirectPort } from "../reference/direct-port.ts";
import { LinkError } from "../reference/link-error.ts";
import type { Port } from "../reference/port.ts";
import type { Reply, Request } from "../reference/protocol.ts";

/** A session that is only opened when something is really asked of it: a script may answer everything before. */
export class LazyPort implements Port {
  onLost: ((error: unknown) => void) | null = null;
  readonly #open: () => EngineSession;
  #port: DirectPort | undefined;
  #alive = true;

  constructor(open: () => EngineSession) {
    this.#open = open;
  }

  get alive(): boolean {
    return this.#alive && this.#port?.alive !== false;
  }

  get pending(): number {
    return this.#port?.pending ?? 0;
  }

  send(request: Request): Promise<Reply> {
    if (!this.alive) return Promise.reject(new LinkError("GONE", "the connection is closed"));
    this.#port ??= new DirectPort(this.#open());
    return this.#port.send(request);
  }

  async cancel(): Promise<void> {
    await this.#port?.cancel();
  }

  async close(): Promise<void> {
    this.destroy();
  }

  destroy(): void {
    this.#alive = false;
    this.#port?.destroy();
  }

  ref(): void {}

  unref(): void {}
}
