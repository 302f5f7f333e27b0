import type { Exchange } from "./exchange.ts";
import { unexpectedCopy } from "./faults.ts";
import type { Link } from "./link.ts";
import { type NativeConnection, type NativeError, type NativeField, NativeQuery, type WireValue } from "./native.ts";
import { type OwnUsage, ownUnnamed } from "./own-statements.ts";
import type { RawRow } from "./shapes.ts";

/** A statement that travels ahead of another one and whose result nobody reads. */
export interface Prelude {
  readonly text: string;
  readonly values: readonly WireValue[];
  /** Absent: without a name. */
  readonly own?: OwnUsage;
}

/** What travels ahead of a statement, in the same write and up to the same Sync. */
export interface Ahead {
  /** Prepared statements to forget on the server. */
  readonly closing: readonly string[];
  /** Run in order; when one fails, the server skips everything behind it. */
  readonly preludes: readonly Prelude[];
  /** Which of the preludes is BEGIN; -1 for none. */
  readonly beginAt: number;
}

/** Nothing. */
export const nothingAhead: Ahead = Object.freeze({
  closing: Object.freeze([]),
  preludes: Object.freeze([]),
  beginAt: -1,
});

/**
 * One exchange with the server, from its first message to ReadyForQuery. pg writes and reads the bytes; this says which messages,
 * and what becomes of the answers. It settles only at ReadyForQuery, also when it failed, so that the transaction status is known by
 * then (pg itself rejects at ErrorResponse, before the status arrives).
 *
 * One Sync for all of a flight is what makes it safe to send BEGIN together with a statement: the server skips to the Sync when BEGIN
 * fails, so that the statement can never run outside the transaction.
 *
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY
 */
export abstract class Flight<T> extends NativeQuery implements Exchange {
  /** Settles with the flight. */
  readonly result: Promise<T>;
  protected readonly link: Link;
  /** The first thing that went wrong; the flight goes on to ReadyForQuery all the same. */
  protected failure: { readonly error: unknown } | undefined;
  readonly #resolve: (value: unknown) => void;
  readonly #reject: (error: unknown) => void;
  #preludesLeft: number;
  #ended = false;
  #failedUnbound = false;
  cancelsBefore = 0;
  /** What has gone ahead of it; something else at a second try. */
  ahead: Ahead;

  constructor(link: Link, ahead: Ahead) {
    super("");
    this.link = link;
    this.ahead = ahead;
    this.#preludesLeft = ahead.preludes.length;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.result = promise;
    this.#resolve = resolve as (value: unknown) => void;
    this.#reject = reject;
  }

  /** The SQL text, for positions in errors. */
  protected abstract readonly sql: string;
  /** Writes the flight's own messages, its Sync included where it is due at once. */
  protected abstract write(connection: NativeConnection): void;
  /** What the flight gives when nothing failed. */
  protected abstract outcome(): T | Promise<T>;
  protected described(_fields: readonly NativeField[]): void {}
  protected row(_row: RawRow): void {}
  protected completed(_tag: string): void {}
  protected suspended(_connection: NativeConnection): void {}
  /** Called at ErrorResponse; the place for a Sync that was not sent yet. */
  protected refused(_connection: NativeConnection): void {}
  /** Called at the end of a flight that failed. What it returns is sent ahead of a second try; `undefined` to give up. */
  protected recover(_error: unknown): Ahead | undefined {
    return undefined;
  }

  /** Whether a BEGIN went ahead of it and the server has run that. */
  get hasBegun(): boolean {
    const { beginAt, preludes } = this.ahead;
    return beginAt >= 0 && preludes.length - this.#preludesLeft > beginAt;
  }

  /** Whether the server has refused it before it had taken its parameters, so that nothing of it has run. */
  protected get failedUnbound(): boolean {
    return this.#failedUnbound;
  }

  abandon(error: unknown): void {
    this.failure ??= { error };
    this.#end();
  }

  submit(connection: NativeConnection): Error | null {
    const { stream } = connection;
    const { closing, preludes } = this.ahead;
    if (this.link.inFlight > 1) this.link.gather();
    stream.cork();
    try {
      for (const name of closing) connection.close({ type: "S", name });
      for (const { text, values, own: { name, parse } = ownUnnamed } of preludes) {
        if (parse) connection.parse({ name, text });
        connection.bind({ statement: name, values });
        connection.execute();
      }
      this.write(connection);
      return null;
    } catch (error) {
      // Half a flight without its Sync would leave both sides waiting.
      this.link.fail(error);
      return error as Error;
    } finally {
      stream.uncork();
    }
  }

  handleRowDescription({ fields }: { readonly fields: readonly NativeField[] }): void {
    this.described(fields);
  }

  handleParameterDescription(_oids: readonly number[]): void {}

  handleDataRow({ fields }: { readonly fields: RawRow }): void {
    if (this.#preludesLeft > 0 || this.failure !== undefined) return;
    try {
      this.row(fields);
    } catch (error) {
      this.failure = { error };
    }
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    if (this.#preludesLeft === 0) {
      this.completed(text);
      return;
    }
    const { preludes } = this.ahead;
    preludes[preludes.length - this.#preludesLeft]?.own?.ran();
    this.#preludesLeft--;
  }

  handleEmptyQuery(): void {
    this.completed("");
  }

  handlePortalSuspended(connection: NativeConnection): void {
    this.suspended(connection);
  }

  handleCopyInResponse(_connection: NativeConnection): void {
    // Where nobody expects it, it cannot be said which messages the server will still read.
    this.link.fail(unexpectedCopy());
  }

  handleCopyData(): void {}

  handleError(error: unknown, connection: NativeConnection): void {
    if (!this.link.alive) {
      this.abandon(this.link.death ?? error);
      return;
    }
    // An error of pg itself, and not an answer of the server: there will be no end to this flight.
    if (!isAnswer(error)) {
      this.link.fail(error);
      this.abandon(error);
      return;
    }
    this.failure ??= { error };
    this.#failedUnbound = this.#preludesLeft === 0 && this.link.bound === this.ahead.preludes.length;
    this.link.failing = this;
    connection.once("readyForQuery", () => this.#end());
    this.refused(connection);
  }

  handleReadyForQuery(): void {
    // Given up in the middle of bytes that were still being read: what they say may be wrong.
    if (!this.link.alive) this.abandon(this.link.death);
    this.#end();
  }

  #end(): void {
    if (this.#ended) return;
    const again = this.failure !== undefined && this.link.alive ? this.recover(this.failure.error) : undefined;
    if (again !== undefined) {
      this.ahead = again;
      this.#preludesLeft = again.preludes.length;
      this.failure = undefined;
      this.link.sendAgain(this);
      return;
    }
    this.#ended = true;
    this.link.finish(this, this.#settle);
  }

  readonly #settle = (): void => {
    try {
      if (this.failure === undefined) {
        this.#resolve(this.outcome());
        return;
      }
    } catch (error) {
      this.failure = { error };
    }
    const { error } = this.failure;
    this.link.annotate(error, this.sql, this.cancelsBefore);
    this.#reject(error);
  };
}

/** Whether the server has said it: pg gives every ErrorResponse a severity. */
function isAnswer(error: unknown): boolean {
  return error instanceof Error && (error as NativeError).severity !== undefined;
}
