import type { Fate, Isolation } from "@nsj/mdb-core";
import type { EngineErrorCode, EngineErrorDetails } from "../engine/engine-error.ts";
import type { PreparedEntry } from "../engine/engine-prepared.ts";
import type { EngineColumn, EngineResult, EngineStatus, EngineValue } from "../engine/engine-result.ts";

/** What a client sends: what it asks, and values of settings that hold for that, or for the transaction that it begins, and no longer. */
export type Request = Asked & { readonly context?: Readonly<Record<string, string>> | undefined };

/** What a client may ask of a session. Requests may be sent without waiting; answers come in order. */
export type Asked =
  | { readonly op: "query"; readonly text: string; readonly values: readonly EngineValue[] }
  | { readonly op: "many"; readonly text: string; readonly sets: readonly (readonly EngineValue[])[] }
  | { readonly op: "open-cursor"; readonly text: string; readonly values: readonly EngineValue[] }
  | { readonly op: "fetch"; readonly count: number }
  | { readonly op: "close-cursor" }
  | { readonly op: "load"; readonly table: readonly string[]; readonly columns: readonly string[] }
  | { readonly op: "load-rows"; readonly rows: readonly (readonly EngineValue[])[] }
  | { readonly op: "load-end" }
  | { readonly op: "load-abort" }
  | {
      readonly op: "begin";
      readonly isolation?: Isolation | undefined;
      readonly readOnly?: boolean | undefined;
      readonly decides?: boolean | undefined;
    }
  | { readonly op: "prepare"; readonly identifier: string }
  | { readonly op: "finish-prepared"; readonly identifier: string; readonly end: "commit" | "rollback" }
  | { readonly op: "list-prepared" }
  | { readonly op: "commit" }
  | { readonly op: "rollback" }
  | { readonly op: "savepoint"; readonly name: string }
  | { readonly op: "rollback-to"; readonly name: string }
  | { readonly op: "release"; readonly name: string }
  | { readonly op: "call"; readonly name: string; readonly a: EngineValue; readonly b: EngineValue }
  | { readonly op: "fate"; readonly transaction: string }
  | { readonly op: "reset" }
  | { readonly op: "ping" };

/** What a client sends first, on a connection of its own each. */
export type Hello =
  | { readonly hello: "session"; readonly user: string; readonly password: string; readonly database: string }
  | { readonly hello: "cancel"; readonly session: string; readonly key: string; readonly sequence: number };

/** The values of an answer that is not an error, by what was asked. */
export interface Answers {
  readonly query: readonly EngineResult[];
  readonly many: number;
  readonly prepare: "prepared" | "read-only";
  readonly "finish-prepared": "done" | "gone" | "busy";
  readonly "list-prepared": readonly PreparedEntry[];
  readonly "open-cursor": { readonly columns: readonly EngineColumn[] };
  readonly fetch: { readonly rows: EngineValue[][]; readonly done: boolean };
  readonly "load-end": number;
  readonly fate: Fate;
  readonly call: { readonly b: number; readonly total: number };
}

/** An error as it goes over the wire. */
export interface ToldError {
  readonly code: EngineErrorCode;
  readonly message: string;
  readonly details: EngineErrorDetails;
}

/** An answer, with what the session is like afterwards. */
export type Reply = {
  readonly status: EngineStatus;
  /** Something was left in the session that outlives the transaction. */
  readonly changed: boolean;
  /** The number of the open transaction; `null` while it has written nothing. */
  readonly transaction: string | null | undefined;
} & ({ readonly value: unknown } | { readonly error: ToldError });

/** The answer to a good `Hello` for a session. */
export interface Welcome {
  readonly session: string;
  /** Proves the right to cancel. */
  readonly key: string;
}
