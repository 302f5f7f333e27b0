import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import type { EngineSession } from "../engine/engine-session.ts";
import { sendFrame } from "./frames.ts";
import type { Request } from "./protocol.ts";
import { RequestHandler } from "./request-handler.ts";

/** The server's end of one session: runs requests in the order in which they came. */
export class ServerSession {
  /** Proves the right to cancel. */
  readonly key = randomBytes(12).toString("hex");
  readonly #engine: EngineSession;
  readonly #socket: Socket;
  readonly #handler: RequestHandler;
  readonly #onEnd: () => void;
  readonly #queue: Request[] = [];
  /** The number of the request that runs now, or ran last. */
  #sequence = 0;
  /** Orders to cancel that came before their request. */
  readonly #cancelled = new Map<number, () => void>();
  #running: { readonly abort: AbortController; readonly over: Promise<void> } | undefined;
  #ended = false;

  constructor(engine: EngineSession, socket: Socket, onEnd: () => void) {
    this.#engine = engine;
    this.#socket = socket;
    this.#handler = new RequestHandler(engine);
    this.#onEnd = onEnd;
  }

  get id(): string {
    return this.#engine.id;
  }

  receive(request: Request): void {
    this.#queue.push(request);
    if (this.#running === undefined) this.#next();
  }

  /** Stops the request of this number, also where it is still on its way, and resolves when the order can hit nothing else. */
  cancel(sequence: number): Promise<void> {
    if (sequence < this.#sequence || (sequence === this.#sequence && this.#running === undefined)) {
      return Promise.resolve();
    }
    if (sequence === this.#sequence) {
      this.#running?.abort.abort();
      return this.#running?.over ?? Promise.resolve();
    }
    return new Promise((resolve) => this.#cancelled.set(sequence, resolve));
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#queue.length = 0;
    this.#running?.abort.abort();
    for (const resolve of this.#cancelled.values()) resolve();
    this.#socket.destroy();
    this.#engine.close();
    this.#onEnd();
  }

  #next(): void {
    const request = this.#queue.shift();
    this.#running = undefined;
    if (request === undefined || this.#ended) return;
    this.#sequence += 1;
    const abort = new AbortController();
    const cancelled = this.#cancelled.get(this.#sequence);
    this.#cancelled.delete(this.#sequence);
    if (cancelled !== undefined) abort.abort();
    const over = this.#handler.handle(request, abort.signal).then((reply) => {
      if (!this.#ended) sendFrame(this.#socket, reply);
      cancelled?.();
      this.#next();
    });
    this.#running = { abort, over };
  }
}
