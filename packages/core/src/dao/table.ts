import { ConfigurationError } from "../errors/index.ts";
import { kindInWords } from "../internal/kind-in-words.ts";
import type { StandardSchema } from "../session/index.ts";
import { checkChoices, checkCodec, checkProperties, checkSchema } from "./check-table.ts";
import { type Codec, type CodecChoice, codecOf } from "./codecs.ts";
import type { MissingProperty } from "./entity-types.ts";

/** What a table says about itself; made by {@link defineTable}. Immutable. */
export interface TableSpec<
  Row extends object,
  Generated extends keyof Row = never,
  Key extends keyof Row = never,
  Version extends keyof Row = never,
> {
  /** The parts of the table's name: `["sales", "orders"]`. */
  readonly name: readonly [string, ...string[]];
  readonly key: readonly (Key & string)[];
  readonly generatedColumns: readonly (Generated & string)[];
  readonly versionColumn: (Version & string) | undefined;
  readonly softDeleteColumn: (keyof Row & string) | undefined;
  /** Columns that no entity has. */
  readonly writeOnlyColumns: readonly string[];
  /** Columns that a write reads by the key afterwards. */
  readonly readBackColumns: readonly string[];
  /** Properties whose column has another name. */
  readonly renamed: ReadonlyMap<string, string>;
  readonly columnCodecs: ReadonlyMap<string, Codec>;
  readonly rowSchema: StandardSchema<Row> | undefined;
}

/**
 * Describes a table step by step; each step gives a new description. The key and the generated columns are kept as literal types, so
 * that a DAO's methods are typed without writing them twice.
 */
export class Table<
  Row extends object,
  Generated extends keyof Row = never,
  Key extends keyof Row = never,
  Version extends keyof Row = never,
> implements TableSpec<Row, Generated, Key, Version>
{
  declare readonly name: readonly [string, ...string[]];
  declare readonly key: readonly (Key & string)[];
  declare readonly generatedColumns: readonly (Generated & string)[];
  declare readonly versionColumn: (Version & string) | undefined;
  declare readonly softDeleteColumn: (keyof Row & string) | undefined;
  declare readonly writeOnlyColumns: readonly string[];
  declare readonly readBackColumns: readonly string[];
  declare readonly renamed: ReadonlyMap<string, string>;
  declare readonly columnCodecs: ReadonlyMap<string, Codec>;
  declare readonly rowSchema: StandardSchema<Row> | undefined;

  /** Made by {@link defineTable}. */
  constructor(spec: TableSpec<Row, Generated, Key, Version>) {
    Object.assign(this, spec);
    Object.freeze(this);
  }

  /** The column, or columns, of the primary key. */
  primaryKey<const Column extends keyof Row & string>(
    ...columns: readonly [Column, ...Column[]]
  ): Table<Row, Generated, Column, Version> {
    checkProperties(this.#label, "primaryKey", columns);
    if (columns.length === 0) throw new ConfigurationError(`table ${this.#label}: primaryKey() needs a column`);
    return new Table<Row, Generated, Column, Version>({ ...this.#asSpec(), key: columns } as never);
  }

  /** Columns that the database fills: identities, defaults, computed ones. Inserts and updates may not name them; they come back. */
  generated<const Column extends keyof Row & string>(
    ...columns: readonly Column[]
  ): Table<Row, Generated | Column, Key, Version> {
    checkProperties(this.#label, "generated", columns);
    return new Table<Row, Generated | Column, Key, Version>({
      ...this.#asSpec(),
      generatedColumns: [...this.generatedColumns, ...columns],
    } as never);
  }

  /** The integer column for optimistic locking: 1 at the insert, one more with each update. */
  version<const Column extends keyof Row & string>(column: Column): Table<Row, Generated | Column, Key, Column> {
    checkProperties(this.#label, "version", [column]);
    return new Table<Row, Generated | Column, Key, Column>({
      ...this.#asSpec(),
      generatedColumns: [...this.generatedColumns, column],
      versionColumn: column,
    } as never);
  }

  /** The nullable timestamp column that marks an entity as deleted; `delete` sets it, finders leave such rows out. */
  softDelete(column: keyof Row & string): Table<Row, Generated, Key, Version> {
    checkProperties(this.#label, "softDelete", [column]);
    return new Table({ ...this.#asSpec(), softDeleteColumn: column });
  }

  /**
   * Columns that are written and never given back, neither by writes nor by finders: secrets, and what a driver cannot read. Their
   * properties are optional in `Row`, for an entity lacks them. Filters may name them.
   */
  writeOnly<const Column extends MissingProperty<Row> & string>(
    ...columns: readonly Column[]
  ): Table<Row, Generated, Key, Version> {
    checkProperties(this.#label, "writeOnly", columns);
    return new Table({ ...this.#asSpec(), writeOnlyColumns: [...this.writeOnlyColumns, ...columns] });
  }

  /**
   * Columns that can be read, and that the engine cannot give back from a write: LONG and XMLTYPE of Oracle, computed columns of SQL Server
   * that read data, whatever an `after` trigger changes there. A write then reads the row by its primary key, in the same transaction.
   */
  readBack<const Column extends keyof Row & string>(
    ...columns: readonly Column[]
  ): Table<Row, Generated, Key, Version> {
    checkProperties(this.#label, "readBack", columns);
    return new Table({ ...this.#asSpec(), readBackColumns: [...this.readBackColumns, ...columns] });
  }

  /** Properties whose column has another name: `{ createdAt: "created_at" }`. */
  columns(names: { readonly [Column in keyof Row]?: string }): Table<Row, Generated, Key, Version> {
    checkChoices(this.#label, "columns", names);
    checkProperties(this.#label, "columns", Object.values(names));
    const renamed = new Map([...this.renamed, ...(Object.entries(names) as [string, string][])]);
    const taken = new Set<string>();
    for (const column of renamed.values()) {
      if (taken.has(column))
        throw new ConfigurationError(`table ${this.name.join(".")}: two properties are stored in "${column}"`);
      taken.add(column);
    }
    return new Table({ ...this.#asSpec(), renamed });
  }

  /** How single columns are stored: `{ active: "boolean", settings: "json", price: myCodec }`. */
  codecs(choices: { readonly [Column in keyof Row]?: CodecChoice }): Table<Row, Generated, Key, Version> {
    checkChoices(this.#label, "codecs", choices);
    const chosen = Object.entries<CodecChoice | undefined>(choices).flatMap(([column, choice]) => {
      if (choice === undefined) return [];
      checkCodec(this.#label, column, choice);
      return [[column, codecOf(choice)] as const];
    });
    return new Table({ ...this.#asSpec(), columnCodecs: new Map([...this.columnCodecs, ...chosen]) });
  }

  /** A Standard Schema (zod, valibot, arktype) that every row from the database must satisfy; the entity is what it gives. */
  schema(rowSchema: StandardSchema<Row>): Table<Row, Generated, Key, Version> {
    checkSchema(this.#label, rowSchema);
    return new Table({ ...this.#asSpec(), rowSchema });
  }

  get #label(): string {
    return this.name.join(".");
  }

  #asSpec(): TableSpec<Row, Generated, Key, Version> {
    return { ...this };
  }
}

/**
 * Begins the description of a table whose rows are `Row`: property names to JavaScript types.
 *
 * @param name - as the engine stores it, or `[schema, table]`. On an engine that folds to upper case a simple lower-case name means the
 * folded one, as in SQL.
 */
export function defineTable<Row extends object>(name: string | readonly [string, ...string[]]): Table<Row> {
  const parts = typeof name === "string" ? ([name] as const) : name;
  if (!Array.isArray(parts)) {
    throw new ConfigurationError(`a table's name is a text, or a list of its parts, not ${kindInWords(name)}`);
  }
  if (parts.length === 0 || parts.some((part) => typeof part !== "string" || part === "")) {
    throw new ConfigurationError("a table needs a name");
  }
  return new Table<Row>({
    name: parts,
    key: [],
    generatedColumns: [],
    versionColumn: undefined,
    softDeleteColumn: undefined,
    writeOnlyColumns: [],
    readBackColumns: [],
    renamed: new Map(),
    columnCodecs: new Map(),
    rowSchema: undefined,
  });
}
