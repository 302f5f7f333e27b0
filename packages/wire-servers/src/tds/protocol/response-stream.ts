import { NotUnderstoodError, type SqlServerError } from "../engine/sql-server-error.ts";
import { type DoneKind, type DoneStatus, type ResultColumn, TokenWriter } from "./response.ts";

/** How a response reaches the client: packets of the session, in order. Resolves when the socket takes more. */
export type SendResponse = (payload: Uint8Array, last: boolean) => Promise<void>;

/**
 * The response to one request. DONE tokens are held back until it is known whether more follows, because each has to say so
 * ([MS-TDS] 2.2.7.6, DONE_MORE). Full packets leave as they fill up, with the client's back-pressure.
 */
export class ResponseStream {
  readonly #tokens = new TokenWriter();
  readonly #send: SendResponse;
  readonly #capacity: number;
  readonly #serverName: string;
  readonly #inTransaction: () => boolean;
  #held: { readonly kind: DoneKind; readonly status: DoneStatus; readonly command: number } | undefined;

  /** `capacity` is the payload of one packet. */
  constructor(send: SendResponse, capacity: number, serverName: string, inTransaction: () => boolean) {
    this.#send = send;
    this.#capacity = capacity;
    this.#serverName = serverName;
    this.#inTransaction = inTransaction;
  }

  /** For the tokens that need nothing special. */
  get tokens(): TokenWriter {
    this.#release(true);
    return this.#tokens;
  }

  columns(columns: readonly ResultColumn[]): void {
    this.tokens.columnMetadata(columns);
  }

  async row(columns: readonly ResultColumn[], values: readonly (string | null)[]): Promise<void> {
    const { bytes } = this.tokens;
    const before = bytes.length;
    try {
      this.#tokens.row(columns, values);
    } catch (error) {
      // Half a token would make the rest of the response unreadable.
      bytes.truncate(before);
      throw new NotUnderstoodError(`a value that does not fit its column: ${String(error)}`, error);
    }
    if (this.#tokens.bytes.length > this.#capacity * 4) await this.#flushFullPackets();
  }

  error(error: SqlServerError): void {
    const { number, severity, state, message: text, line, procedure } = error;
    this.tokens.error({ number, severity, state, text, line, procedure }, this.#serverName);
  }

  /** A message that is no error: PRINT, and RAISERROR up to severity 10. */
  info(number: number, severity: number, state: number, text: string): void {
    this.tokens.info({ number, severity, state, text, line: 1, procedure: "" }, this.#serverName);
  }

  /** A statement has ended. */
  done(kind: DoneKind, status: Omit<DoneStatus, "more" | "inTransaction"> = {}, command = 0): void {
    this.#release(true);
    this.#held = { kind, status: { ...status, inTransaction: this.#inTransaction() }, command };
  }

  /** Ends the response. */
  async end(): Promise<void> {
    if (this.#held === undefined) this.done("done");
    this.#release(false);
    await this.#flushFullPackets();
    await this.#send(this.#tokens.bytes.take(), true);
  }

  #release(more: boolean): void {
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    this.#tokens.done(held.kind, { ...held.status, more }, held.command);
  }

  /** Sends what fills whole packets, but always keeps something back for the last one. */
  async #flushFullPackets(): Promise<void> {
    const bytes = this.#tokens.bytes.take();
    let at = 0;
    while (bytes.length - at > this.#capacity) {
      await this.#send(bytes.subarray(at, at + this.#capacity), false);
      at += this.#capacity;
    }
    this.#tokens.bytes.bytes(bytes.subarray(at));
  }
}
