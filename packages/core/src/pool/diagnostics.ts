import { channel, tracingChannel } from "node:diagnostics_channel";
import type { MdbError } from "../errors/index.ts";
import type { PoolHealth } from "./health.ts";
import type { DestroyReason } from "./pooled-connection.ts";

/** What subscribers of the tracing channel `mdb:pool:acquire` get, for each acquire from call to settlement. */
export interface AcquireTrace {
  /** The label. */
  readonly database: string;
  readonly engine: string;
  /** What the caller is, where the session layer says so. */
  readonly holder: string | undefined;
  /** Callers that waited already. */
  readonly waiting: number;
}

/** What subscribers of the tracing channel `mdb:connect` get, for each attempt to open a connection. */
export interface ConnectTrace {
  readonly database: string;
  readonly engine: string;
  readonly address: string;
}

/** What subscribers of the channel `mdb:pool:event` get. Holds no values and no credentials. */
export type PoolEvent = {
  /** The label. */
  readonly database: string;
  /** Which of the databases behind the label; absent where there is one. */
  readonly key?: string;
  readonly engine: string;
} & (
  | { readonly type: "connection-opened" }
  | { readonly type: "connection-closed"; readonly reason: DestroyReason; readonly error: MdbError | undefined }
  | {
      /** It was to be ended or could not be cleaned, but the database lives in it, so it stays. */
      readonly type: "connection-kept";
      readonly reason: DestroyReason;
      readonly error: MdbError | undefined;
    }
  | { readonly type: "health"; readonly health: PoolHealth; readonly error: MdbError | undefined }
  | {
      /** `"long-hold"`: held for long; `"leak"`: its holder lost it; `"hold-limit"`: taken from its holder. */
      readonly type: "long-hold" | "leak" | "hold-limit";
      readonly heldMs: number;
      readonly holder: string | undefined;
      /** Where it was taken, with `leakDetectionMs` on. */
      readonly stack: string | undefined;
    }
);

export const acquireChannel = tracingChannel<"mdb:pool:acquire", AcquireTrace>("mdb:pool:acquire");
export const connectChannel = tracingChannel<"mdb:connect", ConnectTrace>("mdb:connect");
export const poolEventChannel = channel("mdb:pool:event");
