import { type DdlContext, owned } from "./ddl-context.ts";
import { literal, name, quoted, tableName } from "./names.ts";
import { expressionsOf, queryExpression } from "./query.ts";
import { sequenceOptions } from "./sequence-options.ts";
import { TableParts } from "./table-parts.ts";
import type { TokenStream } from "./token-stream.ts";

/** A translated definition, as PostgreSQL's statements. */
export type TranslatedDdl = readonly string[];

/** Translates CREATE, from the word behind it on. What holds PL/SQL is not for this function. */
export function create(stream: TokenStream, context: DdlContext): TranslatedDdl {
  const replace = stream.accept("OR", "REPLACE");
  if (stream.accept("GLOBAL", "TEMPORARY", "TABLE")) return createTemporaryTable(stream, context);
  if (stream.accept("TABLE")) return createTable(stream, context);
  const unique = stream.accept("UNIQUE");
  if (stream.accept("INDEX")) return createIndex(stream, context, unique);
  if (stream.accept("SEQUENCE"))
    return [`CREATE SEQUENCE ${owned(context, tableName(stream))}${sequenceOptions(stream)}`];
  if (stream.accept("VIEW")) {
    const view = owned(context, tableName(stream));
    stream.expect("AS");
    return [`CREATE ${replace ? "OR REPLACE " : ""}VIEW ${view} AS ${queryExpression(stream)}`];
  }
  // Users are made by whoever starts the server.
  if (stream.is("USER")) throw stream.error(1031, "insufficient privileges");
  throw stream.refuse();
}

function createTable(stream: TokenStream, context: DdlContext): TranslatedDdl {
  const path = tableName(stream);
  const table = owned(context, path);
  if (stream.accept("AS")) return [`CREATE TABLE ${table} AS ${queryExpression(stream)}`];
  const parts = tableParts(stream, context, path);
  const statements = [...parts.before, `CREATE TABLE ${table} (${parts.elements.join(", ")})`, ...parts.after(table)];
  while (stream.peek().kind === "word") {
    // Where rows are stored changes nothing that a client can see.
    if (stream.accept("TABLESPACE")) name(stream);
    else if (!stream.accept("NOLOGGING") && !stream.accept("LOGGING"))
      throw stream.error(922, "missing or invalid option");
  }
  return statements;
}

function createTemporaryTable(stream: TokenStream, context: DdlContext): TranslatedDdl {
  const path = tableName(stream);
  const view = owned(context, path);
  const rows = owned(context, [...path.slice(0, -1), `${path.at(-1)}$ROWS`]);
  const parts = tableParts(stream, context, path);
  const elements = parts.elements.join(", ");
  if (parts.before.length > 0 || /\b(PRIMARY KEY|UNIQUE|REFERENCES)\b/.test(elements))
    throw stream.refuse("a key of a temporary table");
  let kept = false;
  if (stream.accept("ON", "COMMIT")) {
    kept = stream.accept("PRESERVE");
    if (!kept) stream.expect("DELETE", 905, "missing keyword");
    stream.expect("ROWS", 905, "missing keyword");
  }
  const session = "current_setting('wire.sid')";
  return [
    `CREATE TABLE ${rows} (${elements}, "SYS$SID" text DEFAULT ${session})`,
    `CREATE VIEW ${view} AS SELECT ${parts.columns.join(", ")} FROM ${rows} WHERE "SYS$SID" = ${session}`,
    `INSERT INTO ora.temporary VALUES (${literal(rows)}, ${literal(view)}, ${kept})`,
  ];
}

/** What a table consists of, in parentheses. */
function tableParts(stream: TokenStream, context: DdlContext, path: readonly string[]): TableParts {
  stream.expect("(");
  const parts = new TableParts(context, path.at(-1) ?? "");
  do parts.element(stream);
  while (stream.accept(","));
  stream.expect(")");
  return parts;
}

function createIndex(stream: TokenStream, context: DdlContext, unique: boolean): TranslatedDdl {
  const index = quoted(tableName(stream).at(-1) ?? "");
  stream.expect("ON", 969, "missing ON keyword");
  const table = owned(context, tableName(stream));
  stream.expect("(");
  const items: string[] = [];
  do {
    const item = expressionsOf(stream).expression();
    const direction = stream.word("ASC", "DESC");
    items.push(`${item.startsWith('"') ? item : `(${item})`}${direction === undefined ? "" : ` ${direction}`}`);
  } while (stream.accept(","));
  stream.expect(")");
  return [`CREATE ${unique ? "UNIQUE " : ""}INDEX ${index} ON ${table} (${items.join(", ")})`];
}
