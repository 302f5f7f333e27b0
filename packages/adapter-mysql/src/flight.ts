import type { Exchange } from "./exchange.ts";
import { refusal } from "./faults.ts";
import type { Link } from "./link.ts";
import type { NativeConnection, NativePacket } from "./native.ts";
import type { PacketReader } from "./packet-reader.ts";
import type { PacketWriter } from "./packet-writer.ts";
import { readOk } from "./status.ts";

const errorPacket = 0xff;
const fileRequest = 0xfb;

/** One command on its way to the server and its answer on the way back. */
export abstract class Flight<T> implements Exchange<T> {
  readonly result: Promise<T>;
  protected readonly link: Link;
  /** What could not be read; the rest of the answer is read all the same. */
  protected failure: { readonly error: unknown } | undefined;
  #resolve: (value: unknown) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  #isOver = false;

  constructor(link: Link) {
    this.link = link;
    this.result = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve as (value: unknown) => void;
      this.#reject = reject;
    });
  }

  /** The command, without its header. */
  protected abstract command(): PacketWriter;
  /** One packet of the answer, errors left out. @returns whether it is the last one */
  protected abstract received(reader: PacketReader): boolean;
  /** What it gives when nothing failed. */
  protected abstract outcome(): T;
  /** Its first packet's byte is a request for a file of this machine: no server gets one. */
  protected refuseFile(reader: PacketReader): boolean {
    if (reader.buffer[reader.at] !== fileRequest) return false;
    this.failure = { error: refusal("unsupported", "LOAD DATA LOCAL reads no file here; use bulkInsert") };
    this.link.writeEmpty();
    return true;
  }

  execute(packet: NativePacket | undefined, connection: NativeConnection): boolean {
    if (packet === undefined) {
      this.link.write(connection, this.command());
      return false;
    }
    // Given up: what still comes is of nobody's interest.
    if (this.#isOver) return true;
    const { buffer, offset, end } = packet;
    if (this.link.disorder !== undefined) {
      // What comes is not the answer to this. It may be the server's last word.
      this.link.fail(buffer[offset] === errorPacket ? packet.asError("utf8") : this.link.disorder);
      return true;
    }
    if (buffer[offset] === errorPacket) {
      this.failure ??= { error: packet.asError("utf8") };
      return this.#end();
    }
    return this.received(this.link.reader.set(buffer, offset, end)) ? this.#end() : false;
  }

  onResult(error: unknown): void {
    this.link.fail(error);
    this.abandon(error);
  }

  abandon(error: unknown): void {
    if (this.#isOver) return;
    this.failure = { error };
    this.#end();
  }

  #end(): true {
    this.#isOver = true;
    this.link.finished(this);
    try {
      if (this.failure === undefined) {
        this.#resolve(this.outcome());
        return true;
      }
    } catch (error) {
      this.failure = { error };
    }
    const { error } = this.failure;
    this.link.failed(error);
    this.#reject(error);
    return true;
  }
}

/** A command that is answered by a word of agreement. */
export class PlainFlight extends Flight<void> {
  readonly #command: PacketWriter;

  constructor(link: Link, command: PacketWriter) {
    super(link);
    this.#command = command;
  }

  protected command(): PacketWriter {
    return this.#command;
  }

  protected received(reader: PacketReader): boolean {
    const { status, changes } = readOk(reader);
    this.link.onStatus?.(status, changes);
    return true;
  }

  protected outcome(): void {}
}
