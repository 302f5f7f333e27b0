import { dataType, sizeConstraint } from "./data-types.ts";
import type { TranslatedDdl } from "./ddl.ts";
import type { DdlContext } from "./ddl-context.ts";
import { literal, name, quoted, quotedPath, tableName } from "./names.ts";
import { sequenceOptions } from "./sequence-options.ts";
import { columnList, TableParts } from "./table-parts.ts";
import type { TokenStream } from "./token-stream.ts";

function owned(context: DdlContext, path: readonly string[]): string {
  return quotedPath(path.length > 1 ? path : [context.schema, ...path]);
}

/** Translates DROP, from the word behind it on; PL/SQL objects aside. */
export function drop(stream: TokenStream, context: DdlContext): TranslatedDdl {
  const kind = stream.word("TABLE", "VIEW", "SEQUENCE", "INDEX");
  if (kind === undefined) throw stream.refuse();
  if (stream.is("IF"))
    throw stream.error(
      kind === "TABLE" ? 903 : 933,
      kind === "TABLE" ? "invalid table name" : "SQL command not properly ended",
    );
  const object = owned(context, tableName(stream));
  const cascade = kind === "TABLE" && stream.accept("CASCADE", "CONSTRAINTS") ? " CASCADE" : "";
  stream.accept("PURGE");
  return [`DROP ${kind} ${object}${cascade}`];
}

/** Translates TRUNCATE, from the word behind it on. */
export function truncate(stream: TokenStream, context: DdlContext): TranslatedDdl {
  stream.expect("TABLE", 3290, "Invalid truncate command - missing CLUSTER or TABLE keyword");
  const table = owned(context, tableName(stream));
  if (stream.accept("DROP", "STORAGE") || stream.accept("REUSE", "STORAGE")) return [`TRUNCATE TABLE ${table}`];
  return [`TRUNCATE TABLE ${table}`];
}

/** Translates COMMENT, from the word behind it on. */
export function comment(stream: TokenStream, context: DdlContext): TranslatedDdl {
  stream.expect("ON", 969, "missing ON keyword");
  const kind = stream.word("TABLE", "COLUMN");
  if (kind === undefined) throw stream.refuse();
  const path = tableName(stream);
  const object = owned(context, kind === "COLUMN" && path.length === 2 ? [context.schema, ...path] : path);
  stream.expect("IS", 905, "missing keyword");
  // The comments of columns say which ones are identities.
  if (kind === "COLUMN") {
    stream.next();
    return [];
  }
  return [`COMMENT ON TABLE ${object} IS ${literal(stream.next().value)}`];
}

/** Translates ALTER TABLE and ALTER SEQUENCE, from the word behind ALTER on. */
export function alter(stream: TokenStream, context: DdlContext): TranslatedDdl {
  if (stream.accept("SEQUENCE"))
    return [`ALTER SEQUENCE ${owned(context, tableName(stream))}${sequenceOptions(stream)}`];
  if (!stream.accept("TABLE")) throw stream.refuse();
  const path = tableName(stream);
  const table = owned(context, path);
  const change = `ALTER TABLE ${table}`;
  if (stream.accept("ADD")) {
    const parenthesised = stream.accept("(");
    const parts = new TableParts(context, path.at(-1) ?? "");
    do parts.element(stream);
    while (parenthesised && stream.accept(","));
    if (parenthesised) stream.expect(")");
    return [...parts.before, ...parts.elements.map((element) => `${change} ADD ${element}`), ...parts.after(table)];
  }
  if (stream.accept("DROP")) return dropPart(stream, change);
  if (stream.accept("RENAME")) {
    if (stream.accept("TO")) return [`${change} RENAME TO ${quoted(name(stream))}`];
    stream.expect("COLUMN", 905, "missing keyword");
    const from = quoted(name(stream));
    stream.expect("TO", 905, "missing keyword");
    return [`${change} RENAME COLUMN ${from} TO ${quoted(name(stream))}`];
  }
  if (stream.accept("MODIFY")) return modify(stream, change);
  throw stream.refuse();
}

function dropPart(stream: TokenStream, change: string): TranslatedDdl {
  if (stream.accept("CONSTRAINT")) return [`${change} DROP CONSTRAINT ${quoted(name(stream))}`];
  if (stream.accept("COLUMN")) return [`${change} DROP COLUMN ${quoted(name(stream))}`];
  if (stream.is("(")) {
    return columnList(stream)
      .slice(1, -1)
      .split(", ")
      .map((column) => `${change} DROP COLUMN ${column}`);
  }
  throw stream.refuse();
}

function modify(stream: TokenStream, change: string): TranslatedDdl {
  const parenthesised = stream.accept("(");
  const statements: string[] = [];
  do {
    const column = name(stream);
    if (!stream.isOneOf("NOT", "NULL", "DEFAULT")) {
      const { postgres, maxBytes } = dataType(stream);
      statements.push(`${change} ALTER COLUMN ${quoted(column)} TYPE ${postgres}`);
      if (maxBytes !== undefined) {
        statements.push(
          `CALL ora.drop_size_constraint(${literal(change.slice("ALTER TABLE ".length))}, ${literal(column)})`,
        );
        const check = `octet_length(${quoted(column)}) <= ${maxBytes}`;
        statements.push(`${change} ADD CONSTRAINT ${sizeConstraint(column, maxBytes)} CHECK (${check})`);
      }
    }
    if (stream.accept("NOT", "NULL")) statements.push(`${change} ALTER COLUMN ${quoted(column)} SET NOT NULL`);
    else if (stream.accept("NULL")) statements.push(`${change} ALTER COLUMN ${quoted(column)} DROP NOT NULL`);
  } while (parenthesised && stream.accept(","));
  if (parenthesised) stream.expect(")");
  return statements;
}
