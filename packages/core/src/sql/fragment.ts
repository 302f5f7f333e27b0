import { ParameterError } from "../errors/index.ts";

/** Reaches a fragment's content. A registered symbol, because two copies of this package can meet. */
const content = Symbol.for("@nsj/mdb/sql");
const inspect = Symbol.for("nodejs.util.inspect.custom");

/**
 * A piece of SQL with its values apart from its text; made by `sql`, immutable, good for any engine and any number of uses.
 *
 * @typeParam Row - the rows that it gives, for `query` and the rest. A fragment without a row type fits wherever one is asked for.
 */
export interface Sql<Row = unknown> {
  /** Only for the compiler: tells a fragment from other objects, the same in every copy of the package. */
  readonly "~sql": SqlMark<Row>;
}

/** See {@link Sql}. */
export interface SqlMark<Row> {
  readonly version: 1;
  row?(row: Row): void;
}

/** A quoted name: what `sql.identifier` gives. */
export interface Identifier extends Sql {
  /** The parts of the name, not quoted: `["sales", "orders"]`. */
  readonly parts: readonly string[];
}

/**
 * What can stand in a template: a value, or another fragment. Not `undefined`, which as a silent NULL costs people tables; objects
 * are `Date`, `Uint8Array`, fragments, or documents that are sent as JSON.
 */
export type SqlValue = string | number | bigint | boolean | object | null;

/** What a fragment is made of. */
export type SqlContent =
  | TemplateContent
  | { readonly kind: "raw"; readonly text: string }
  | { readonly kind: "identifier"; readonly parts: readonly string[] }
  | { readonly kind: "list"; readonly values: readonly unknown[] }
  | { readonly kind: "rows"; readonly rows: readonly (readonly unknown[])[] }
  | { readonly kind: "join"; readonly parts: readonly unknown[]; readonly separator: Sql }
  | { readonly kind: "and" | "or"; readonly conditions: readonly Sql[] };

/** A tagged template. A class, because it is the one kind that is made at each call. */
export class TemplateContent {
  readonly kind = "template";
  /** The same array each time the template is evaluated: the key of every cache. */
  readonly strings: TemplateStringsArray;
  readonly values: readonly unknown[];

  constructor(strings: TemplateStringsArray, values: readonly unknown[]) {
    this.strings = strings;
    this.values = values;
  }
}

const mark: SqlMark<never> = Object.freeze({ version: 1 });

/** Every fragment of this copy of the package. */
export class Fragment implements Sql {
  readonly #content: SqlContent;

  constructor(value: SqlContent) {
    this.#content = value;
  }

  get "~sql"(): SqlMark<unknown> {
    return mark;
  }

  get [content](): SqlContent {
    return this.#content;
  }

  /** Without the values: what is printed ends in logs. */
  [inspect](): string {
    return `sql\`${describeFragment(this.#content)}\``;
  }

  /** A fragment inside an ordinary template string is a forgotten `sql` tag. */
  [Symbol.toPrimitive](): never {
    throw new ParameterError("a fragment was pasted into plain text; put the sql tag before the template around it");
  }
}

/** See {@link Identifier}. */
export class IdentifierFragment extends Fragment implements Identifier {
  readonly parts: readonly string[];

  constructor(parts: readonly string[]) {
    const copy = Object.freeze([...parts]);
    super({ kind: "identifier", parts: copy });
    this.parts = copy;
  }
}

/** How deep fragments may stand inside of one another: far more than anybody writes, and far less than the stack of a process holds. */
export const maxDepth = 500;

/** Says whether a value is a fragment, of whichever copy of the package. */
export function isSql(value: unknown): value is Sql {
  return typeof value === "object" && value !== null && content in value;
}

/** What a fragment is made of. */
export function contentOf(fragment: Sql): SqlContent {
  return (fragment as unknown as { readonly [content]: SqlContent })[content];
}

/** A fragment as a message may show it: text with question marks, never values. */
export function describeFragment(fragment: SqlContent): string {
  switch (fragment.kind) {
    case "template":
      return fragment.strings.join("?");
    case "raw":
      return fragment.text;
    case "identifier":
      return fragment.parts.join(".");
    default:
      return `sql.${fragment.kind === "rows" ? "values" : fragment.kind}(…)`;
  }
}
