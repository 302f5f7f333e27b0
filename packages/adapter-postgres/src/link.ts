import { type Clock, DriverFault, type OperationContext, watchExpiry } from "@nsj/mdb-core";
import type { Bounds } from "./bounds.ts";
import { noteFacts } from "./errors.ts";
import type { Exchange } from "./exchange.ts";
import { refusal } from "./faults.ts";
import type { NativeClient } from "./native.ts";

/**
 * One socket to the server with pg's client on it: what is in flight, whether it is alive, who is told when it dies. Everything that
 * outlives a single statement and is not about transactions.
 */
export class Link {
  readonly client: NativeClient;
  readonly clock: Clock;
  /** What the server has said about itself: `server_version`, `in_hot_standby`, `DateStyle`, ... */
  readonly parameters = new Map<string, string>();
  /** Called once, when the link dies while nobody waits for an answer. */
  onFatal: ((error: unknown) => void) | null = null;
  /** Called with each error of a flight, before anybody else sees it. */
  onError: ((error: unknown) => void) | undefined;
  /** Called when the server says that one of the settings that it reports has another value. */
  onSetting: ((name: string, before: string, value: string) => void) | undefined;
  /** The flight that the server has refused and whose ReadyForQuery is still to come: pg has forgotten it by then. */
  failing: Exchange | undefined;
  /** `false` once the link is dead. Changed by {@link fail} only. */
  alive = true;
  /** How many flights have not been answered completely. Changed by {@link asked} and {@link answered} only. */
  inFlight = 0;
  /** Statements of the flight that is being answered whose parameters the server has taken. */
  bound = 0;
  #death: { readonly error: unknown } | undefined;
  #closing = false;
  #onAnswer: (() => void)[] = [];
  #exclusive: object | undefined;
  /** Flights whose parameters the server will describe, in their order. */
  readonly #describing: Exchange[] = [];
  #gathering = false;
  #cancels = 0;
  #cancelling: Promise<void> | undefined;

  constructor(client: NativeClient, clock: Clock) {
    this.client = client;
    this.clock = clock;
    // Without this listener, a backend that is killed would end the process.
    client.on("error", (error: unknown) => this.fail(error));
    client.on("end", () => this.fail(DriverFault.lost("the connection was closed")));
    client.connection.on("bindComplete", () => {
      this.bound++;
    });
    client.connection.on("readyForQuery", () => {
      this.bound = 0;
    });
    client.connection.on("parameterDescription", ({ dataTypeIDs }: { dataTypeIDs: readonly number[] }) =>
      this.#describing.shift()?.handleParameterDescription(dataTypeIDs),
    );
    client.connection.on("parameterStatus", (message: { parameterName: string; parameterValue: string }) =>
      this.#parameter(message.parameterName, message.parameterValue),
    );
  }

  /** What it died of. */
  get death(): unknown {
    return this.#death?.error;
  }

  /** Whether something was sent and not answered yet. */
  get busy(): boolean {
    return this.inFlight > 0;
  }

  /** Sends a flight. One that cannot be sent any more is rejected. */
  send(flight: Exchange): void {
    this.asked(flight);
    if (this.#death !== undefined) flight.abandon(DriverFault.alreadyLost(this.#death.error));
    else if (this.#exclusive !== undefined && this.#exclusive !== flight) {
      flight.abandon(refusal("other", "a stream or a bulk load is still open on this connection"));
    } else this.client.query(flight);
  }

  /**
   * Holds back what is written until the end of this turn, so that flights that start together travel together: a packet for each would
   * cost both sides more than all that is in it.
   */
  gather(): void {
    if (this.#gathering) return;
    this.#gathering = true;
    const { stream } = this.client.connection;
    stream.cork();
    process.nextTick(() => {
      this.#gathering = false;
      stream.uncork();
    });
  }

  /** Sends a flight that is under way already once more. */
  sendAgain(flight: Exchange): void {
    this.failing = undefined;
    if (this.#describing[0] === flight) this.#describing.shift();
    this.client.query(flight);
  }

  /** This flight asks the server for the types of its parameters. pg does not hand the answer on. */
  describing(flight: Exchange): void {
    this.#describing.push(flight);
  }

  /** Somebody waits for an answer to this flight, from now until `answered` or `finish`. */
  asked(flight: Exchange): void {
    this.inFlight++;
    flight.cancelsBefore = this.#cancels;
  }

  /** Keeps everything but this flight out, until it is over: its answers span several writes. */
  reserve(flight: object): void {
    this.#exclusive ??= flight;
  }

  /**
   * An answer is complete. It is handed on at once, or, while a cancellation is on its way, when that can no longer hit anything: so
   * nobody can send the next statement too early.
   */
  answered(handOn: () => void): void {
    this.inFlight--;
    if (this.#onAnswer.length > 0) for (const notify of this.#onAnswer.splice(0)) notify();
    if (this.#cancelling === undefined) handOn();
    else void this.#cancelling.then(handOn, handOn);
  }

  /** A flight is over. */
  finish(flight: Exchange, settle: () => void): void {
    if (this.failing === flight) this.failing = undefined;
    // It was refused before it was described.
    if (this.#describing[0] === flight) this.#describing.shift();
    if (this.#exclusive === flight) this.#exclusive = undefined;
    this.answered(settle);
  }

  /**
   * Stops what runs now. @param request - sends one cancel request and resolves when the server has acted on it. It is sent again while
   * the statement goes on: a request that arrives before the backend has read the statement is lost.
   */
  async cancel(request: (bounds: Bounds) => Promise<void>, context: OperationContext): Promise<void> {
    if (!this.busy || !this.alive) return;
    this.#cancels++;
    this.#cancelling ??= this.#cancelUntilAnswered(request, { ...context, clock: this.clock }).finally(() => {
      this.#cancelling = undefined;
    });
    await this.#cancelling;
  }

  async #cancelUntilAnswered(request: (bounds: Bounds) => Promise<void>, bounds: Bounds): Promise<void> {
    let answered = false;
    const answer = new Promise<void>((resolve) => this.#onAnswer.push(resolve)).then(() => {
      answered = true;
    });
    try {
      for (let pauseMs = 50; !answered; pauseMs *= 2) {
        await request(bounds);
        await untilAnswered(answer, pauseMs, bounds);
      }
    } catch (error) {
      // A request whose end was not seen could stop a later statement.
      this.fail(DriverFault.lost("the statement could not be stopped in time", error));
      throw error;
    }
  }

  /** Marks an error with what only the connection knows, for `classify`. */
  annotate(error: unknown, sql: string, cancelsBefore: number): void {
    this.onError?.(error);
    noteFacts(error, { sql, alive: this.alive, cancelRequested: this.#cancels !== cancelsBefore });
  }

  /** Ends the goodbye of a connection: by the protocol when nothing is under way, else by the axe. */
  async close(context: OperationContext): Promise<void> {
    if (this.#death !== undefined) return;
    this.#closing = true;
    if (this.busy || this.#exclusive !== undefined) {
      this.fail(DriverFault.lost("the connection was closed while a statement was running"));
      return;
    }
    const stop = watchExpiry(this.clock, context, () => this.client.connection.stream.destroy());
    try {
      await this.client.end();
    } finally {
      stop();
      this.fail(DriverFault.lost("the connection was closed"));
    }
  }

  /** Ends the connection at once, without a word to `onFatal`. */
  destroy(reason: unknown): void {
    this.#closing = true;
    this.fail(DriverFault.lost("the connection was destroyed", reason));
  }

  /** Declares the link dead, frees its socket and rejects what is under way. The first reason counts. */
  fail(error: unknown): void {
    if (this.#death !== undefined) return;
    noteFacts(error, { alive: false });
    this.alive = false;
    this.#death = { error };
    const idle = !this.busy;
    this.client.connection.stream.destroy();
    // pg rejects what it still knows of once the socket is closed; this one it has forgotten.
    this.failing?.abandon(error);
    if (idle && !this.#closing) this.onFatal?.(error);
  }

  #parameter(name: string, value: string): void {
    const before = this.parameters.get(name);
    this.parameters.set(name, value);
    if (before !== undefined && before !== value) this.onSetting?.(name, before, value);
    if (name === "client_encoding" && value.toUpperCase() !== "UTF8") {
      this.fail(DriverFault.lost(`client_encoding was changed to ${value}, so that every text would be misread`));
    }
  }
}

/** Resolves when the answer is there or the pause is over. @throws when the bounds are. */
function untilAnswered(answer: Promise<void>, pauseMs: number, bounds: Bounds): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = bounds.clock.setTimer(done, pauseMs, { keepProcessAlive: true });
    const stop = watchExpiry(bounds.clock, bounds, () => {
      timer.cancel();
      reject(new Error("the server has not stopped the statement in time"));
    });
    function done(): void {
      timer.cancel();
      stop();
      resolve();
    }
    void answer.then(done);
  });
}
