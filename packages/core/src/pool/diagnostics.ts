import { channel, tracingChannel } from "node:diagnostics_channel";
import type { ConnectionTarget } from "../driver/index.ts";
import type { MdbError } from "../errors/index.ts";
import type { ConnectionSource } from "./connection-source.ts";
import type { PoolHealth } from "./health.ts";
import type { DestroyReason } from "./pooled-connection.ts";

/** Which pool it is, in every event of a pool. */
export interface PoolPlace {
  /** The label. */
  readonly database: string;
  /** Which of the databases behind the label: a tenant's id; absent where there is one. */
  readonly key?: string;
  /** The group that metrics count this database in, where they tell those behind a label apart; see `metricTenant` of tenants. */
  readonly group?: string;
  /** `DatabaseManager.number`: two managers may use one label. */
  readonly manager: number;
  readonly engine: string;
}

/** What subscribers of the tracing channel `mdb:pool:acquire` get, for each acquire from call to settlement. Never the connection. */
export interface AcquireTrace extends PoolPlace {
  /** What the caller is, where the session layer says so. */
  readonly holder: string | undefined;
  /** Callers that waited already. */
  readonly waiting: number;
}

/** What subscribers of the tracing channel `mdb:connect` get, for each attempt to open a connection. Never the connection. */
export interface ConnectTrace extends PoolPlace {
  readonly address: string;
  readonly target: ConnectionTarget;
}

/** What subscribers of the channel `mdb:pool:event` get. Holds no values and no credentials. */
export type PoolEvent = PoolPlace &
  (
    | { readonly type: "connection-opened" }
    | { readonly type: "connection-closed"; readonly reason: DestroyReason; readonly error: MdbError | undefined }
    | {
        /** It was to be ended or could not be cleaned, but the database lives in it, so it stays. */
        readonly type: "connection-kept";
        readonly reason: DestroyReason;
        readonly error: MdbError | undefined;
      }
    | {
        /** A lease is over, whoever ended it. */
        readonly type: "released";
        readonly heldMs: number;
        /** How long its holder had waited for it. */
        readonly waitedMs: number;
        readonly holder: string | undefined;
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

/** What every event says of its pool. */
export function poolPlace({ label: database, key, group, manager = 0, engine }: ConnectionSource): PoolPlace {
  if (key === undefined) return { database, manager, engine };
  return group === undefined ? { database, key, manager, engine } : { database, key, group, manager, engine };
}
