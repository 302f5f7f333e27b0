import type { EventEmitter } from "node:events";
import type { Duplex } from "node:stream";
import { createConnection } from "mysql2";

/** An error as mysql2 reports it: one of the server (with `errno` and `sqlState`), or of the socket or of mysql2 itself. */
export interface NativeError extends Error {
  /** The server's number, or the negative one of the operating system. */
  readonly errno?: unknown;
  /** `"ER_DUP_ENTRY"`, or Node's word. */
  readonly code?: unknown;
  readonly sqlState?: unknown;
}

/** One packet of the server. mysql2 uses the object again for the next one. */
export interface NativePacket {
  readonly buffer: Buffer;
  readonly offset: number;
  /** Just behind the last byte. */
  readonly end: number;
  asError(encoding: string): NativeError;
}

/** What mysql2 runs: it is started without a packet, and is given one after the other until it says that it is done. */
export interface NativeCommand {
  execute(packet: NativePacket | undefined, connection: NativeConnection): boolean;
  /** The connection is lost. */
  onResult(error: unknown): void;
}

/** What we use of mysql2's connection: login, framing of packets, and the queue of commands. */
export interface NativeConnection extends EventEmitter {
  stream: Duplex;
  readonly threadId: number | null;
  readonly packetParser: { execute(bytes: Buffer): void };
  /** The server was asked, and tells, what MariaDB's own types are. */
  readonly _mariadbExtendedMetadata: boolean;
  startTLS(onSecure: (error?: unknown) => void): void;
  addCommand(command: NativeCommand): unknown;
  write(bytes: Buffer): void;
  pause(): void;
  resume(): void;
  _resetSequenceId(): void;
  _bumpSequenceId(packets: number): void;
  _handleNetworkError(error: unknown): void;
}

/** What we pass to mysql2. */
export interface NativeConfig {
  readonly stream: () => Duplex;
  readonly host: string;
  readonly socketPath?: string | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly database?: string | undefined;
  /** Anything but undefined: encrypt. How, our own `startTLS` knows. */
  readonly ssl?: object | undefined;
  readonly charset: string;
  readonly connectTimeout: 0;
  readonly flags: readonly string[];
  readonly connectAttributes?: Readonly<Record<string, string>> | undefined;
}

/** Begins the login on a socket. */
export const nativeConnection = createConnection as unknown as (config: NativeConfig) => NativeConnection;
