import type { EngineSession } from "../engine/engine-session.ts";
import { LinkError } from "./link-error.ts";
import type { Port } from "./port.ts";
import type { Reply, Request } from "./protocol.ts";
import { RequestHandler } from "./request-handler.ts";

interface Waiting {
  readonly abort: AbortController;
  readonly over: Promise<void>;
  readonly reject: (error: unknown) => void;
}

/** A session in this process, without a network. */
export class DirectPort implements Port {
  onLost: ((error: unknown) => void) | null = null;
  readonly #session: EngineSession;
  readonly #handler: RequestHandler;
  readonly #waiting: Waiting[] = [];
  #alive = true;

  constructor(session: EngineSession) {
    this.#session = session;
    this.#handler = new RequestHandler(session);
  }

  get alive(): boolean {
    return this.#alive;
  }

  get pending(): number {
    return this.#waiting.length;
  }

  send(request: Request): Promise<Reply> {
    if (!this.#alive) return Promise.reject(new LinkError("GONE", "the connection is closed"));
    const abort = new AbortController();
    const before = this.#waiting.at(-1)?.over ?? Promise.resolve();
    return new Promise((resolve, reject) => {
      const run = async () => {
        await before;
        if (!this.#alive) return;
        const reply = await this.#handler.handle(request, abort.signal);
        if (this.#alive) this.#waiting.shift();
        resolve(reply);
      };
      this.#waiting.push({ abort, over: run(), reject });
    });
  }

  async cancel(): Promise<void> {
    const [running] = this.#waiting;
    running?.abort.abort();
    await running?.over;
  }

  async close(): Promise<void> {
    this.destroy();
  }

  destroy(): void {
    this.#end(new LinkError("LOST", "the connection was destroyed"));
  }

  /** The session ends as if somebody had cut the wire. */
  die(error: unknown): void {
    const idle = this.#waiting.length === 0;
    const wasAlive = this.#alive;
    this.#end(error);
    if (wasAlive && idle) this.onLost?.(error);
  }

  ref(): void {}

  unref(): void {}

  #end(error: unknown): void {
    if (!this.#alive) return;
    this.#alive = false;
    for (const { abort, reject } of this.#waiting.splice(0)) {
      abort.abort();
      reject(error);
    }
    this.#session.close();
  }
}
