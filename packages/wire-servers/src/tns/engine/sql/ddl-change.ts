import type { TranslatedDdl } from "./ddl.ts";
import { type DdlContext, owned } from "./ddl-context.ts";
import { literal, tableName } from "./names.ts";
import { TableParts } from "./table-parts.ts";
import type { TokenStream } from "./token-stream.ts";

/** Translates DROP, from the word behind it on; PL/SQL objects aside. */
export function drop(stream: TokenStream, context: DdlContext): TranslatedDdl {
  const kind = stream.word("TABLE", "VIEW", "SEQUENCE", "INDEX");
  if (kind === undefined) throw stream.refuse();
  const object = owned(context, tableName(stream));
  const cascade = kind === "TABLE" && stream.accept("CASCADE", "CONSTRAINTS") ? " CASCADE" : "";
  stream.accept("PURGE");
  if (kind === "TABLE") return [`CALL ora.drop_table(${literal(object)}, ${literal(cascade)})`];
  return [`DROP ${kind} ${object}`];
}

/** Translates TRUNCATE, from the word behind it on. */
export function truncate(stream: TokenStream, context: DdlContext): TranslatedDdl {
  stream.expect("TABLE", 3290, "Invalid truncate command - missing CLUSTER or TABLE keyword");
  return [`TRUNCATE TABLE ${owned(context, tableName(stream))}`];
}

/** Translates ALTER TABLE ... ADD, from the word behind ALTER on. */
export function alter(stream: TokenStream, context: DdlContext): TranslatedDdl {
  if (!stream.accept("TABLE")) throw stream.refuse();
  const path = tableName(stream);
  const table = owned(context, path);
  if (!stream.accept("ADD")) throw stream.refuse();
  const parenthesised = stream.accept("(");
  const parts = new TableParts(context, path.at(-1) ?? "");
  do parts.element(stream);
  while (parenthesised && stream.accept(","));
  if (parenthesised) stream.expect(")");
  return [
    ...parts.before,
    ...parts.elements.map((element) => `ALTER TABLE ${table} ADD ${element}`),
    ...parts.after(table),
  ];
}
