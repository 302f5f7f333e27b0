import { type Ahead, Flight } from "./flight.ts";
import type { Link } from "./link.ts";
import type { NativeConnection } from "./native.ts";
import { affectedBy } from "./tags.ts";

// CopyData: https://www.postgresql.org/docs/current/protocol-message-formats.html
const copyData = "d".charCodeAt(0);
const headerLength = 5;

/**
 * One COPY ... FROM STDIN.
 *
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-COPY
 */
export class CopyFlight extends Flight<number> {
  protected readonly sql: string;
  #state: "asking" | "copying" | "ended" = "asking";
  #isGivenUp = false;
  #rows = 0;
  #wake: (() => void) | undefined;

  constructor(link: Link, ahead: Ahead, text: string) {
    super(link, ahead);
    this.sql = text;
    const over = (): void => {
      this.#state = "ended";
      this.#wakeUp();
    };
    this.result.then(over, over);
  }

  /** Whether the server still takes data. */
  get isOpen(): boolean {
    return this.#state === "copying";
  }

  /** Resolves when the server wants data, or when it has refused to. */
  started(): Promise<void> {
    return this.#state === "asking" ? this.#sleep() : Promise.resolve();
  }

  /** Sends data. Resolves when the socket takes more, or when the flight is over. */
  async push(text: string): Promise<void> {
    if (!this.isOpen) return;
    const length = Buffer.byteLength(text);
    const message = Buffer.allocUnsafe(headerLength + length);
    message[0] = copyData;
    message.writeInt32BE(length + 4, 1);
    message.write(text, headerLength);
    const { stream } = this.link.client.connection;
    if (stream.write(message)) return;
    const onDrain = (): void => this.#wakeUp();
    stream.once("drain", onDrain);
    await this.#sleep();
    stream.off("drain", onDrain);
  }

  /** Says that this was all. */
  complete(): void {
    if (!this.isOpen) return;
    this.#state = "ended";
    const { connection } = this.link.client;
    connection.endCopyFrom();
    connection.sync();
  }

  /** Makes the server throw everything away. */
  giveUp(): void {
    this.#isGivenUp = true;
    if (!this.isOpen) return;
    this.#state = "ended";
    const { connection } = this.link.client;
    connection.sendCopyFail("the client gave up");
    connection.sync();
    this.#wakeUp();
  }

  protected write(connection: NativeConnection): void {
    connection.parse({ name: "", text: this.sql });
    connection.bind({ statement: "", values: [] });
    connection.execute();
    connection.flush();
  }

  override handleCopyInResponse(): void {
    this.#state = "copying";
    if (this.#isGivenUp) this.giveUp();
    this.#wakeUp();
  }

  protected override completed(tag: string): void {
    this.#rows = affectedBy(tag) ?? 0;
    // A table that is a view with a trigger, say, may complete before we have said that this was all.
    if (this.#state !== "ended") this.link.client.connection.sync();
    this.#state = "ended";
  }

  protected override refused(connection: NativeConnection): void {
    if (this.#state !== "ended") connection.sync();
    this.#state = "ended";
    this.#wakeUp();
  }

  protected outcome(): number {
    return this.#rows;
  }

  #sleep(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #wakeUp(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
