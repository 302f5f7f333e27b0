import { control } from "./sql/control.ts";
import { create } from "./sql/ddl.ts";
import { alter, drop, truncate } from "./sql/ddl-change.ts";
import type { DdlContext } from "./sql/ddl-context.ts";
import { deleteRows, endOfStatement, insert, merge, type TranslatedDml, update } from "./sql/dml.ts";
import { tokenize } from "./sql/lexer.ts";
import { tableName } from "./sql/names.ts";
import { query } from "./sql/query.ts";
import { TokenStream } from "./sql/token-stream.ts";
import type { TranslatedStatement } from "./statement-info.ts";

const storedKinds = ["PROCEDURE", "FUNCTION", "PACKAGE", "TRIGGER", "TYPE"];

/** Translates one text. @throws OracleError for what Oracle refuses, ORA-49999 for what this server does not understand. */
export function translate(text: string, context: DdlContext, variables?: ReadonlySet<string>): TranslatedStatement {
  const tokens = tokenize(text);
  const stream = new TokenStream(text, tokens, 0, variables);
  const first = stream.peek();
  if (first.kind === "end") throw stream.error(900, "invalid SQL statement");
  if (stream.is("CALL")) throw stream.refuse();
  if (stream.isOneOf("BEGIN", "DECLARE")) return { kind: "plsql", tokens };
  if (stream.isOneOf("SELECT", "WITH") || first.value === "(") {
    const { sql, forUpdate } = query(stream);
    endOfStatement(stream);
    return { kind: "query", sql, forUpdate, placeholders: stream.placeholders };
  }
  const dml = changes[first.value];
  if (first.kind === "word" && dml !== undefined) {
    stream.next();
    const { sql, returnBinds, target } = dml(stream);
    endOfStatement(stream);
    return { kind: "dml", verb: first.value as "INSERT", sql, returnBinds, target, placeholders: stream.placeholders };
  }
  return definition(stream, context) ?? { kind: "control", action: control(stream) };
}

const changes: Readonly<Record<string, (stream: TokenStream) => TranslatedDml>> = {
  INSERT: insert,
  UPDATE: update,
  DELETE: deleteRows,
  MERGE: merge,
};

function definition(stream: TokenStream, context: DdlContext): TranslatedStatement | undefined {
  const start = stream.at;
  const verb = stream.word("CREATE", "DROP", "ALTER", "TRUNCATE");
  switch (verb) {
    case "CREATE": {
      const stored = storedSource(stream);
      if (stored !== undefined) return stored;
      return finished(stream, create(stream, context));
    }
    case "DROP": {
      if (stream.word(...storedKinds) !== undefined) {
        const name = tableName(stream);
        endOfStatement(stream);
        return { kind: "control", action: { what: "dropSource", name } };
      }
      return finished(stream, drop(stream, context));
    }
    case "ALTER":
      if (stream.isOneOf("SESSION", "SYSTEM")) {
        stream.at = start;
        return undefined;
      }
      return finished(stream, alter(stream, context));
    case "TRUNCATE":
      return finished(stream, truncate(stream, context));
    default:
      stream.at = start;
      return undefined;
  }
}

function finished(stream: TokenStream, sql: readonly string[]): TranslatedStatement {
  endOfStatement(stream);
  return { kind: "ddl", sql };
}

/** CREATE PROCEDURE and FUNCTION keep their text, which is run by whoever calls them. */
function storedSource(stream: TokenStream): TranslatedStatement | undefined {
  const start = stream.at;
  const replace = stream.accept("OR", "REPLACE");
  stream.word("EDITIONABLE", "NONEDITIONABLE");
  const type = stream.word(...storedKinds);
  if (type === undefined) {
    stream.at = start;
    return undefined;
  }
  if (type !== "PROCEDURE" && type !== "FUNCTION") throw stream.refuse(type);
  const name = tableName(stream);
  const body = stream.text.slice(stream.slice(stream.at - 1, stream.at)[0]?.end ?? 0);
  return { kind: "control", action: { what: "storeSource", name, type, body, replace } };
}
