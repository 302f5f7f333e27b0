import type { Database } from "@nsj/mdb-core";
import type { CodegenOptions } from "./codegen-options.ts";
import { folded } from "./folded-name.ts";
import type { FoundColumn, FoundTable } from "./read-tables.ts";
import { typeOf } from "./type-of.ts";

/** A module of TypeScript, and what could not be decided. */
export interface GeneratedModule {
  /** The text of the module. The same database gives the same text. */
  readonly text: string;
  /** A sentence for each thing that a person has to look at: tables without a key, columns of a type that the contract does not know. */
  readonly undecided: readonly string[];
}

/** Writes tables down as a module. */
export function writeModule(
  tables: readonly FoundTable[],
  { label }: Database,
  options: CodegenOptions,
): GeneratedModule {
  const undecided: string[] = [];
  const taken = new Set<string>();
  const parts = tables.map((table) => writeTable(table, options, taken, undecided));
  const head = `// Written by \`mdb codegen ${label}\` from the database itself: change the database, and run it again.\n`;
  const body =
    parts.length === 0
      ? "// There are no tables.\nexport {};\n"
      : `import { defineTable } from "@nsj/mdb-core";\n\n${parts.join("\n")}`;
  return { text: `${head}${body}`, undecided };
}

function writeTable(
  { schema, name, columns }: FoundTable,
  options: CodegenOptions,
  taken: Set<string>,
  undecided: string[],
): string {
  const { camelCase = true, types } = options;
  const typeName = unique(pascal(name), taken);
  const properties = new Map<FoundColumn, string>();
  const used = new Set<string>();
  for (const column of columns)
    properties.set(column, unique(camelCase ? camel(column.column) : folded(column.column), used));
  const of = (column: FoundColumn): string => JSON.stringify(properties.get(column));

  const lines = columns.map((column) => {
    const type = isBoolean(column) ? "boolean" : typeOf(column, types);
    if (type === undefined) {
      undecided.push(
        `${name}.${column.column}: what a ${column.databaseType || "column without a type"} gives is its driver's own, so its values are unknown`,
      );
    }
    const nullable = column.nullable && type !== undefined && type !== "unknown";
    return `  readonly ${key(properties.get(column) ?? "")}: ${type ?? "unknown"}${nullable ? " | null" : ""};`;
  });

  const keys = columns.filter(({ key }) => key > 0).toSorted((a, b) => a.key - b.key);
  if (keys.length === 0) undecided.push(`${name}: it has no primary key, so that only the finders of its DAO work`);
  const generated = columns.filter((column) => column.generated);
  for (const { column, defaulted, generated: always } of columns) {
    if (defaulted && !always)
      undecided.push(`${name}.${column}: it has a default; say generated() where inserts leave it to the database`);
  }
  const renamed = columns.filter((column) => properties.get(column) !== folded(column.column));
  const codecs = columns.flatMap((column): string[] => {
    if (column.type === "json" && types?.json !== "string") return [`${key(properties.get(column) ?? "")}: "json"`];
    return isBoolean(column) && column.type !== "boolean" ? [`${key(properties.get(column) ?? "")}: "boolean"`] : [];
  });
  const calls = [
    keys.length > 0 && `.primaryKey(${keys.map(of).join(", ")})`,
    generated.length > 0 && `.generated(${generated.map(of).join(", ")})`,
    renamed.length > 0 &&
      `.columns({ ${renamed.map((it) => `${key(properties.get(it) ?? "")}: ${JSON.stringify(folded(it.column))}`).join(", ")} })`,
    codecs.length > 0 && `.codecs({ ${codecs.join(", ")} })`,
  ].filter((call) => call !== false);
  const table = JSON.stringify(schema === undefined ? folded(name) : `${folded(schema)}.${folded(name)}`);
  const define = `export const ${lowerFirst(typeName)} = defineTable<${typeName}>(${table})${calls.map((call) => `\n  ${call}`).join("")};`;
  return `export interface ${typeName} {\n${lines.join("\n")}\n}\n\n${define}\n`;
}

/** Also where the engine has only the word for it, and stores a number. */
function isBoolean({ type, databaseType }: FoundColumn): boolean {
  return type === "boolean" || /^bool(?:ean)?$/i.test(databaseType);
}

function camel(name: string): string {
  return lowerFirst(pascal(name));
}

function pascal(name: string): string {
  const words = folded(name)
    .split(/[^\p{L}\p{N}$]+/u)
    .filter((word) => word !== "");
  const joined = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  return /^[\p{L}$]/u.test(joined) ? joined : `T${joined}`;
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** A property's name as it is written: in quotes where it is no identifier. */
function key(name: string): string {
  return /^[\p{L}$_][\p{L}\p{N}$_]*$/u.test(name) ? name : JSON.stringify(name);
}

function unique(name: string, taken: Set<string>): string {
  let free = name;
  for (let count = 2; taken.has(free.toLowerCase()); count++) free = `${name}${count}`;
  taken.add(free.toLowerCase());
  return free;
}
