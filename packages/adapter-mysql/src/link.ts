import type { Socket } from "node:net";
import { type Clock, DriverFault, type OperationContext, watchExpiry } from "@nsj/mdb-core";
import { endsConnection, noteFacts } from "./errors.ts";
import type { Exchange } from "./exchange.ts";
import { refusal } from "./faults.ts";
import type { NativeConnection } from "./native.ts";
import { PacketReader } from "./packet-reader.ts";
import { PacketWriter } from "./packet-writer.ts";
import { SessionZone } from "./session-zone.ts";
import type { Endpoint } from "./settings.ts";
import type { StateChanges } from "./status.ts";

const stmtClose = 0x19;

/**
 * One socket to the server with mysql2's connection on it: what is under way, whether it is alive, who is told when it dies. One command at a time: nothing is
 * sent before the last answer is complete.
 */
export class Link {
  readonly native: NativeConnection;
  readonly clock: Clock;
  readonly reader: PacketReader;
  readonly zone = new SessionZone();
  /** The very server that it leads to, where that has an address: another look-up of its name could lead to another one. */
  readonly peer: Endpoint | undefined;
  /** Called once, when the link dies while nobody waits for an answer. */
  onFatal: ((error: unknown) => void) | null = null;
  /** Called with the status that ends an answer. */
  onStatus: ((status: number, changes: StateChanges | undefined) => void) | undefined;
  /** The longest command that the server takes, in bytes. */
  maxPacket = Number.POSITIVE_INFINITY;
  /** What the server calls its version: `"8.4.3"`, `"11.8.2-MariaDB"`. Told by the server itself, since a proxy may greet with another one. */
  version = "";
  /** Operations of core that are under way, from their first to their last command. */
  operations = 0;
  /** A packet has come that does not belong to the command that is under way. */
  disorder: unknown;
  readonly #socket: Socket;
  #flight: Exchange<unknown> | undefined;
  /** Those who wait for the end of that. */
  readonly #onAnswer: (() => void)[] = [];
  #death: { readonly error: unknown } | undefined;
  #closing = false;
  /** Prepared statements that the server may forget. */
  #closable: number[] = [];

  constructor(native: NativeConnection, socket: Socket, clock: Clock) {
    this.native = native;
    this.#socket = socket;
    this.clock = clock;
    this.reader = new PacketReader(this.zone);
    const { remoteAddress: host, remotePort: port } = socket;
    this.peer = host === undefined || port === undefined ? undefined : { host, port };
    native.removeAllListeners("error");
    // Without this listener, a session that is killed would end the process.
    native.on("error", (error: unknown) => this.fail(error));
    // mysql2 goes on behind this; the packet's number says that it answers something else.
    native.on("warn", (error: unknown) => {
      this.disorder = error;
    });
    socket.once("close", () => this.fail(DriverFault.lost("the server closed the connection")));
  }

  get alive(): boolean {
    return this.#death === undefined && !this.#closing;
  }

  /** An answer is not complete. */
  get isBusy(): boolean {
    return this.#flight !== undefined;
  }

  get death(): unknown {
    return this.#death?.error;
  }

  get threadId(): number | null {
    return this.native.threadId;
  }

  get extendedMetadata(): boolean {
    return this.native._mariadbExtendedMetadata;
  }

  /** Sends a command. */
  send<T>(flight: Exchange<T>): Promise<T> {
    if (!this.alive) {
      flight.abandon(DriverFault.alreadyLost(this.death));
      return flight.result;
    }
    if (this.#flight !== undefined) {
      flight.abandon(refusal("other", "a statement is running on this connection already"));
      return flight.result;
    }
    this.#flight = flight;
    this.native.addCommand(flight);
    return flight.result;
  }

  /** Called by a flight whose turn it is. Whatever is closed goes ahead of it, as it has no answer. */
  write(native: NativeConnection, command: PacketWriter): void {
    const { bytes, count } = command.packets();
    native._resetSequenceId();
    native._bumpSequenceId(count);
    native.write(this.#closable.length === 0 ? bytes : Buffer.concat([...this.#closings(), bytes]));
  }

  #closings(): readonly Buffer[] {
    return this.#closable.splice(0).map((id) => {
      const writer = new PacketWriter(5);
      writer.u8(stmtClose);
      writer.u32(id);
      return writer.packets().bytes;
    });
  }

  /** Answers a request for a file with none. */
  writeEmpty(): void {
    this.native.write(Buffer.from([0, 0, 0, 2]));
    this.native._bumpSequenceId(1);
  }

  /** Closes a prepared statement on the server, ahead of the next command. */
  closeStatement(id: number): void {
    this.#closable.push(id);
  }

  /** The server has forgotten all of them by itself. */
  forgetStatements(): void {
    this.#closable = [];
  }

  /** Resolves when the command that is under way is answered or has failed; `undefined` when none is. */
  answer(): Promise<void> | undefined {
    if (this.#flight === undefined) return undefined;
    return new Promise((resolve) => this.#onAnswer.push(resolve));
  }

  /** Called by a flight that is over. */
  finished(flight: Exchange<unknown>): void {
    if (this.#flight !== flight) return;
    this.#flight = undefined;
    for (const notify of this.#onAnswer.splice(0)) notify();
  }

  /** Called by a flight that failed, before anybody else sees the error. */
  failed(error: unknown): void {
    if (endsConnection(error)) this.fail(error);
    if (this.#death !== undefined) noteFacts(error, { alive: false });
  }

  pause(): void {
    this.native.pause();
  }

  resume(): void {
    this.native.resume();
  }

  /** Says goodbye when nothing is under way; else cuts. */
  async close(context: OperationContext): Promise<void> {
    if (!this.alive) return;
    this.#closing = true;
    if (this.#flight !== undefined || this.operations > 0) {
      this.fail(DriverFault.lost("the connection was closed while a statement was running"));
      return;
    }
    const over = new Promise<void>((resolve) => this.#socket.once("close", () => resolve()));
    const stop = watchExpiry(this.clock, context, () => this.#socket.destroy());
    try {
      // COM_QUIT has no answer: the server hangs up.
      this.native.write(Buffer.from([1, 0, 0, 0, 1]));
      this.native.stream.end();
      await over;
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
    this.#death = { error };
    const isIdle = this.operations === 0 && this.#flight === undefined;
    this.#socket.destroy();
    const flight = this.#flight;
    this.#flight = undefined;
    flight?.abandon(error);
    if (isIdle && !this.#closing) this.onFatal?.(error);
  }

  ref(): void {
    this.#socket.ref();
  }

  unref(): void {
    this.#socket.unref();
  }
}
