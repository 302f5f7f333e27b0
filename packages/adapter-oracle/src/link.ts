import type { Socket } from "node:net";
import { type Clock, DriverFault, type OperationContext, watchExpiry } from "@nsj/mdb-core";
import { fetchOf } from "./columns.ts";
import { CallContext } from "./context.ts";
import { noteFacts } from "./errors.ts";
import type { NativeConnection, NativeExecuteOptions } from "./native.ts";
import { native } from "./native.ts";
import { endSocket } from "./sockets.ts";

/** One of the driver's connections, with its socket: whether it lives, and what runs on it. */
export class Link {
  readonly connection: NativeConnection;
  readonly context: CallContext;
  readonly #clock: Clock;
  readonly #socket: Socket | undefined;
  onFatal: ((error: unknown) => void) | null = null;
  #death: unknown;
  #dead = false;
  #pending: Promise<unknown> | undefined;

  constructor(connection: NativeConnection, socket: Socket | undefined, clock: Clock) {
    this.#clock = clock;
    this.connection = connection;
    this.context = new CallContext(connection);
    this.#socket = socket;
    // The driver hears of the end first, and calls the connection unusable from then on.
    for (const event of ["end", "error"]) socket?.once(event, () => this.#ended());
    socket?.once("close", () => this.#closed());
  }

  get alive(): boolean {
    return !this.#dead && this.connection.isHealthy();
  }

  /**
   * Runs one call of the driver that belongs to a statement, in the context that holds.
   * @throws DriverFault when the connection is gone already, so that nothing was sent
   */
  async run<Result>(text: string, work: () => Promise<Result>): Promise<Result> {
    this.context.apply();
    return this.call(text, work);
  }

  /**
   * Runs one call of the driver. An error leaves with what {@link noteFacts} needs to know.
   * @throws DriverFault when the connection is gone already, so that nothing was sent
   */
  async call<Result>(text: string, work: () => Promise<Result>): Promise<Result> {
    if (!this.alive) throw DriverFault.alreadyLost(this.#death);
    const running = work();
    this.#pending = running;
    try {
      return await running;
    } catch (error) {
      this.context.failed();
      noteFacts(error, { text, alive: this.alive });
      // Whoever called hears of the death, and nobody else.
      if (!this.alive) this.destroy(error);
      throw error;
    } finally {
      this.#pending = undefined;
    }
  }

  /**
   * Stops the call that runs, and settles once it has. The driver must be waiting for the server when the break is sent: one that is sent
   * when the answer has been read already would hit the next call. Between two turns of the event loop it waits, or nothing runs.
   */
  async interrupt(context: OperationContext): Promise<void> {
    const pending = this.#pending;
    if (pending === undefined) return;
    await new Promise(setImmediate);
    if (this.#pending !== pending) return;
    const end = watchExpiry(this.#clock, context, () =>
      this.destroy(DriverFault.lost("the server did not stop the statement in time")),
    );
    try {
      await this.connection.breakExecution();
      await pending.catch(() => undefined);
    } finally {
      end();
    }
  }

  /** Runs something that must not take longer than the context allows; else the connection is lost. */
  async within<Result>(context: OperationContext, work: () => Promise<Result>): Promise<Result> {
    const end = watchExpiry(this.#clock, context, () =>
      this.destroy(DriverFault.lost("the server did not answer in time", context.signal?.reason)),
    );
    try {
      return await work();
    } finally {
      end();
    }
  }

  /** Says goodbye to the server; cuts the connection where the context ends first. */
  async close(context: OperationContext): Promise<void> {
    if (this.#dead) return;
    this.onFatal = null;
    const end = watchExpiry(this.#clock, context, () => this.destroy());
    try {
      await this.connection.close();
    } catch {
      // The driver has given up its end already.
    } finally {
      end();
      this.destroy();
    }
  }

  destroy(reason?: unknown): void {
    if (this.#dead) return;
    this.#dead = true;
    this.#death = reason;
    const error = reason instanceof Error ? reason : DriverFault.lost("the connection was given up");
    if (this.#socket !== undefined) endSocket(this.#socket, error);
    // Tells the driver, whose own clean-up would else try to say goodbye on the dead socket when it is collected.
    this.connection.close().catch(() => undefined);
  }

  ref(): void {
    this.#socket?.ref();
  }

  unref(): void {
    this.#socket?.unref();
  }

  #ended(): void {
    // While a call is under way there may be an answer in front of the end.
    if (this.#pending === undefined) this.#closed();
  }

  #closed(): void {
    if (this.#dead) return;
    this.#dead = true;
    const error = DriverFault.lost("the server closed the connection");
    this.#death = error;
    this.connection.close().catch(() => undefined);
    // Whoever waits for an answer hears of it there.
    if (this.#pending === undefined) this.onFatal?.(error);
  }
}

/** How to run a statement, with everything that the driver also has a process-wide setting for. */
export function executeOptions(
  autoCommit: boolean,
  rows: { readonly prefetch: number; readonly fetch: number },
): NativeExecuteOptions {
  return {
    autoCommit,
    outFormat: native.OUT_FORMAT_ARRAY,
    maxRows: 0,
    fetchArraySize: rows.fetch,
    prefetchRows: rows.prefetch,
    resultSet: true,
    dbObjectAsPojo: true,
    keepInStmtCache: true,
    fetchTypeHandler: fetchOf,
  };
}
