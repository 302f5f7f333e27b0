import type { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import pg from "pg";

/** A parameter as the protocol takes it: text, binary, or NULL. */
export type WireValue = string | Buffer | null;

/** One field of a RowDescription message. */
export interface NativeField {
  readonly name: string;
  readonly dataTypeID: number;
  readonly dataTypeModifier: number;
}

/** An error as pg reports it: an ErrorResponse of the server, or an error of its own or of the socket (then without most fields). */
export interface NativeError extends Error {
  readonly code?: string | undefined;
  /** In the server's language. */
  readonly severity?: string | undefined;
  readonly position?: string | undefined;
  readonly where?: string | undefined;
  readonly table?: string | undefined;
  readonly column?: string | undefined;
  readonly constraint?: string | undefined;
  readonly routine?: string | undefined;
}

/** What we use of pg's `Connection`: the writers of single protocol messages, and the socket they go to. */
export interface NativeConnection extends EventEmitter {
  readonly stream: Socket;
  query(text: string): void;
  parse(message: {
    readonly name: string;
    readonly text: string;
    readonly types?: readonly number[] | undefined;
  }): void;
  bind(message: { readonly portal?: string; readonly statement: string; readonly values: readonly WireValue[] }): void;
  describe(message: { readonly type: "P" | "S"; readonly name: string }): void;
  execute(message?: { readonly portal: string; readonly rows: number }): void;
  close(message: { readonly type: "P" | "S"; readonly name: string }): void;
  sync(): void;
  flush(): void;
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
}

/** What we use of pg's `Client`. */
export interface NativeClient extends EventEmitter {
  readonly connection: NativeConnection;
  readonly processID: number | null;
  readonly secretKey: number | null;
  connect(): Promise<unknown>;
  query(query: NativeQuery): unknown;
  /** The status byte of the last ReadyForQuery; `null` before the first. */
  getTransactionStatus(): "I" | "T" | "E" | null;
  end(): Promise<void>;
  ref(): void;
  unref(): void;
}

/** What we pass to the constructor of pg's `Client`. */
export interface NativeConfig {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password: () => Promise<string | undefined>;
  readonly connection: NativeConnection;
  readonly ssl: false;
  readonly sslnegotiation: "postgres";
  readonly pipeline: true;
  readonly enableChannelBinding: boolean;
  readonly application_name?: string | undefined;
  readonly options?: string | undefined;
  readonly statement_timeout?: number | undefined;
  readonly lock_timeout?: number | undefined;
  readonly idle_in_transaction_session_timeout?: number | undefined;
}

/** What we pass to the constructor of pg's `Connection`. */
export interface NativeConnectionConfig {
  readonly stream: Socket;
  readonly keepAlive: boolean;
  readonly keepAliveInitialDelayMillis: number;
}

/** pg's connection, with what a subclass may override. */
export const NativeConnectionBase = pg.Connection as unknown as new (
  config: NativeConnectionConfig,
) => NativeConnection & {
  /** Starts reading messages from the socket. */
  attachListeners(source: MessageSource): void;
};

/** What pg reads messages from. */
export interface MessageSource {
  on(event: string, listener: (...values: unknown[]) => void): unknown;
}

/** pg's client. */
export const NativeClient = pg.Client as unknown as new (config: NativeConfig) => NativeClient;

/** What pg's client calls on the query that is being answered. */
export interface NativeQuery {
  submit(connection: NativeConnection): Error | null;
  handleRowDescription(message: { readonly fields: readonly NativeField[] }): void;
  handleDataRow(message: { readonly fields: (string | null)[] }): void;
  handleCommandComplete(message: { readonly text: string }, connection: NativeConnection): void;
  handleEmptyQuery(connection: NativeConnection): void;
  handlePortalSuspended(connection: NativeConnection): void;
  handleCopyInResponse(connection: NativeConnection): void;
  handleCopyData(): void;
  handleError(error: unknown, connection: NativeConnection): void;
  handleReadyForQuery(connection: NativeConnection): void;
}

/** pg's own query class: in pipeline mode, its client takes nothing but instances of it. */
export const NativeQuery = pg.Query as unknown as new (text: string) => object;
