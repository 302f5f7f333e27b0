import type { InsertTarget } from "./sql/dml.ts";
import type { Token } from "./sql/lexer.ts";
import type { Placeholder } from "./sql/token-stream.ts";

/** What a text of Oracle was translated to. */
export type TranslatedStatement =
  | {
      readonly kind: "query";
      readonly sql: string;
      readonly forUpdate: boolean;
      readonly placeholders: readonly Placeholder[];
    }
  | {
      readonly kind: "dml";
      readonly verb: "INSERT" | "UPDATE" | "DELETE" | "MERGE";
      readonly sql: readonly string[];
      readonly returnBinds: readonly number[];
      readonly target: InsertTarget | undefined;
      readonly placeholders: readonly Placeholder[];
    }
  | { readonly kind: "ddl"; readonly sql: readonly string[] }
  | { readonly kind: "control"; readonly action: ControlAction }
  | { readonly kind: "plsql"; readonly tokens: readonly Token[] };

/** What a statement about the transaction or the session asks for. */
export type ControlAction =
  | { readonly what: "commit" | "rollback" }
  | { readonly what: "savepoint" | "rollbackTo"; readonly name: string }
  | { readonly what: "setTransaction"; readonly mode: string }
  | { readonly what: "alterSession"; readonly settings: ReadonlyMap<string, string> }
  | { readonly what: "killSession"; readonly id: number; readonly serial: number; readonly disconnect: boolean }
  | { readonly what: "dropSource"; readonly name: readonly string[] }
  | {
      readonly what: "storeSource";
      readonly name: readonly string[];
      readonly type: string;
      readonly body: string;
      readonly replace: boolean;
    };
