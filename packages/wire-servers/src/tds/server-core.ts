import type { Script } from "../shared/script.ts";
import type { SelfSignedCertificate } from "../shared/self-signed-certificate.ts";
import type { BackingSessions } from "./engine/backing-sessions.ts";
import type { SessionHost } from "./engine/session.ts";
import type { ScriptedAnswer } from "./scripted-answer.ts";

/** A request as the server has read it, for tests that look at what a client sends. */
export interface RecordedRequest {
  readonly kind: "batch" | "rpc" | "transaction" | "bulk-load";
  /** The T-SQL text, the procedure's name, or `"COMMIT TRANSACTION"` and the like. */
  readonly text: string;
  /** Of a remote procedure call: the declared types and the values. */
  readonly parameters: readonly { readonly name: string; readonly type: string; readonly value: string | null }[];
  /** The request came with the bit that resets the session. */
  readonly reset: boolean;
}

/** What connections and requests need of their server. */
export interface TdsServerCore extends SessionHost {
  readonly options: {
    readonly encryption: "off" | "on" | "required";
    readonly users: Readonly<Record<string, string>>;
    readonly databases: readonly string[];
    readonly accessTokens: readonly string[];
    readonly noCount: boolean;
  };
  /** What the server proves itself with on encrypted connections. */
  readonly identity: SelfSignedCertificate;
  readonly script: Script<ScriptedAnswer>;
  /** Sessions of the database behind. */
  readonly backing: BackingSessions;
  recorded(request: RecordedRequest): void;
  loggedIn(): void;
  /** A connection has ended. */
  closed(connection: object): void;
  /** Something that the server waits for before it is closed. */
  leaving(work: Promise<void>): void;
}
