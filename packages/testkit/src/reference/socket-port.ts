import { createConnection, type Socket } from "node:net";
import type { Clock, OperationContext } from "@nsj/mdb-core";
import { EngineError } from "../engine/engine-error.ts";
import { onFrames, sendFrame } from "./frames.ts";
import { LinkError } from "./link-error.ts";
import type { Port } from "./port.ts";
import type { Reply, Request, ToldError, Welcome } from "./protocol.ts";

const whileNeeded = { keepProcessAlive: true };

/** Where a server is, and who one is there. */
export interface Login {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** Opens a session over TCP. By the deadline it is there, or everything is let go. */
export async function openSocketPort(login: Login, clock: Clock, context: OperationContext): Promise<Port> {
  if (context.signal?.aborted === true) throw new LinkError("CONNECT_ABORTED", "the caller gave up");
  const { host, port, ...who } = login;
  const socket = createConnection({ host, port, noDelay: true });
  const inbox: Inbox = { receive: () => undefined };
  onFrames(socket, (message) => inbox.receive(message));
  try {
    const greet = () => sendFrame(socket, { hello: "session", ...who });
    const answer = await firstAnswer(socket, inbox, clock, context, greet);
    if ("error" in answer) throw new EngineError(answer.error.code, answer.error.message, answer.error.details);
    return new SocketPort(socket, inbox, login, clock, answer);
  } catch (error) {
    socket.on("error", () => undefined);
    socket.destroy();
    throw error;
  }
}

interface Inbox {
  receive: (message: unknown) => void;
}

type LoginAnswer = Welcome | { readonly error: ToldError };

function firstAnswer(
  socket: Socket,
  inbox: Inbox,
  clock: Clock,
  context: OperationContext,
  greet: () => void,
): Promise<LoginAnswer> {
  return new Promise((resolve, reject) => {
    const left = context.deadline - clock.now();
    const timeout = () => fail(new LinkError("CONNECT_TIMEOUT", "the server did not answer in time"));
    const timer = left === Number.POSITIVE_INFINITY ? undefined : clock.setTimer(timeout, left, whileNeeded);
    const abort = () => fail(new LinkError("CONNECT_ABORTED", "the caller gave up"));
    const broken = (error: Error) => fail(new LinkError("CONNECT_FAILED", error.message, { cause: error }));
    const closed = () => fail(new LinkError("CLOSED_IN_LOGIN", "the server closed the connection in the login"));
    const done = () => {
      timer?.cancel();
      context.signal?.removeEventListener("abort", abort);
      socket.off("connect", greet).off("error", broken).off("close", closed);
    };
    const fail = (error: LinkError) => {
      done();
      reject(error);
    };
    context.signal?.addEventListener("abort", abort);
    socket.on("connect", greet).on("error", broken).on("close", closed);
    inbox.receive = (message) => {
      done();
      resolve(message as LoginAnswer);
    };
  });
}

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
}

class SocketPort implements Port {
  onLost: ((error: unknown) => void) | null = null;
  readonly #socket: Socket;
  readonly #login: Login;
  readonly #clock: Clock;
  readonly #welcome: Welcome;
  readonly #waiting: Waiting[] = [];
  #answered = 0;
  #ending = false;
  #lost: unknown;

  constructor(socket: Socket, inbox: Inbox, login: Login, clock: Clock, welcome: Welcome) {
    this.#socket = socket;
    this.#login = login;
    this.#clock = clock;
    this.#welcome = welcome;
    inbox.receive = (message) => {
      this.#answered += 1;
      this.#waiting.shift()?.resolve(message as Reply);
    };
    socket.on("error", (error) => {
      this.#lost = error;
    });
    socket.on("close", () => this.#closed());
  }

  get alive(): boolean {
    return !this.#ending && !this.#socket.destroyed && this.#socket.readyState === "open";
  }

  get pending(): number {
    return this.#waiting.length;
  }

  send(request: Request): Promise<Reply> {
    if (!this.alive) return Promise.reject(new LinkError("GONE", "the connection is closed"));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      sendFrame(this.#socket, request);
    });
  }

  async cancel(context: OperationContext): Promise<void> {
    if (this.#waiting.length === 0) return;
    const { host, port } = this.#login;
    const socket = createConnection({ host, port });
    const { session, key } = this.#welcome;
    const sequence = this.#answered + 1;
    const left = Math.min(context.deadline - this.#clock.now(), 2_000);
    // It may arrive all the same, and stop something that comes later: whoever asked has to know.
    const giveUp = () => socket.destroy(new LinkError("LOST", "the cancellation was not answered in time"));
    const timer = this.#clock.setTimer(giveUp, left, whileNeeded);
    try {
      await new Promise<void>((resolve, reject) => {
        socket.on("connect", () => sendFrame(socket, { hello: "cancel", session, key, sequence }));
        socket.on("error", reject);
        socket.on("close", () => resolve());
        // The server ends the connection when the statement is over; without a reader the end would go unnoticed.
        socket.resume();
      });
    } finally {
      timer.cancel();
      socket.destroy();
    }
  }

  async close(context: OperationContext): Promise<void> {
    if (this.#socket.closed) return;
    this.#ending = true;
    const left = context.deadline - this.#clock.now();
    const destroy = () => this.#socket.destroy();
    const timer = left === Number.POSITIVE_INFINITY ? undefined : this.#clock.setTimer(destroy, left, whileNeeded);
    await new Promise<void>((resolve) => {
      this.#socket.once("close", () => resolve());
      if (this.#waiting.length > 0) this.#socket.destroy();
      else this.#socket.end();
    });
    timer?.cancel();
  }

  destroy(): void {
    this.#ending = true;
    this.#socket.destroy();
  }

  ref(): void {
    this.#socket.ref();
  }

  unref(): void {
    this.#socket.unref();
  }

  #closed(): void {
    const waiting = this.#waiting.splice(0);
    for (const { reject } of waiting) {
      reject(new LinkError("LOST", "the connection was lost", { cause: this.#lost }));
    }
    if (waiting.length === 0 && !this.#ending) {
      this.onLost?.(new LinkError("LOST", "the connection was lost", { cause: this.#lost }));
    }
  }
}
