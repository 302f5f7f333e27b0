import type { ColumnInfo, MaybePromise, ResultSet } from "../driver/index.ts";
import { ConversionError, isMdbError } from "../errors/index.ts";
import { type DatabaseContext, type StandardSchema, validateRows } from "../session/index.ts";
import type { RowMapper } from "../types/index.ts";
import { type Codec, jsonCodec } from "./codecs.ts";
import type { AnyTable } from "./columns.ts";

/** Makes entities of rows: columns become properties, codecs are applied, the schema is checked. */
export class Entities {
  readonly #spec: AnyTable;
  readonly #propertyOf: ReadonlyMap<string, string>;
  /** One mapper for each result shape, which already gives the properties their names. */
  readonly #mappers = new WeakMap<readonly ColumnInfo[], RowMapper>();

  constructor(spec: AnyTable) {
    this.#spec = spec;
    this.#propertyOf = new Map([...spec.renamed].map(([property, column]) => [column, property]));
  }

  /** The entities of a result. */
  of(
    context: DatabaseContext,
    result: ResultSet,
    schema: StandardSchema<unknown> | undefined = this.#spec.rowSchema,
  ): MaybePromise<Record<string, unknown>[]> {
    const rows = this.#mapper(context, result.columns).toObjects(result.rows) as Record<string, unknown>[];
    if (this.#spec.columnCodecs.size > 0) {
      const codecs = this.#codecsOf(context, result.columns);
      for (const row of rows) this.#decode(context, row, codecs);
    }
    return this.#checked(context, rows, schema);
  }

  /**
   * An entity of a row that a stream gave, with the columns' names.
   *
   * @param columns - what the table's columns are, where that is known
   */
  async ofObject(
    context: DatabaseContext,
    row: Readonly<Record<string, unknown>>,
    columns: readonly ColumnInfo[] = [],
  ): Promise<Record<string, unknown>> {
    const [entity] = await this.#checked(context, [this.fromRow(row, context, columns)]);
    return entity as Record<string, unknown>;
  }

  /** The place of a property in a result's rows. */
  indexOf(context: DatabaseContext, columns: readonly ColumnInfo[], property: string): number {
    return this.#mapper(context, columns).names.indexOf(property);
  }

  #checked(
    context: DatabaseContext,
    rows: Record<string, unknown>[],
    rowSchema: StandardSchema<unknown> | undefined = this.#spec.rowSchema,
  ): Promise<Record<string, unknown>[]> | Record<string, unknown>[] {
    if (rowSchema === undefined) return rows;
    const { database, engine } = context;
    return validateRows(rows, rowSchema as StandardSchema<Record<string, unknown>>, {
      database,
      engine,
      statement: this.#spec.name.join("."),
    });
  }

  /** An entity of a row whose properties have the columns' names. */
  fromRow(
    row: Readonly<Record<string, unknown>>,
    context: DatabaseContext,
    columns: readonly ColumnInfo[] = [],
  ): Record<string, unknown> {
    // By assignment, a column called __proto__ would become the entity's prototype; this way it is a property.
    const entity = Object.fromEntries(
      Object.entries(row).map(([name, value]) => [this.#propertyOf.get(name) ?? name, value]),
    );
    this.#decode(context, entity, this.#codecsOf(context, columns));
    return entity;
  }

  /** The codecs that have something to do: a document that the driver's column already told from text was parsed with it. */
  #codecsOf(context: DatabaseContext, columns: readonly ColumnInfo[]): readonly (readonly [string, Codec])[] {
    const documents = columns.filter(({ type }) => type === "json");
    if (documents.length === 0 || !parsesDocuments(context)) return [...this.#spec.columnCodecs];
    const { names } = this.#mapper(context, columns);
    const parsed = new Set(columns.flatMap(({ type }, index) => (type === "json" ? [names[index]] : [])));
    return [...this.#spec.columnCodecs].filter(([property, codec]) => codec !== jsonCodec || !parsed.has(property));
  }

  #decode(context: DatabaseContext, row: Record<string, unknown>, codecs: readonly (readonly [string, Codec])[]): void {
    for (const [property, codec] of codecs) {
      if (!Object.hasOwn(row, property)) continue;
      try {
        row[property] = codec.fromDatabase(row[property]);
      } catch (cause) {
        if (isMdbError(cause) && cause.database !== undefined) throw cause;
        const { database, engine } = context;
        const message = `${database} (${engine}): column "${property}" of ${this.#spec.name.join(".")} cannot be read by its codec`;
        throw new ConversionError(message, { database, engine, cause });
      }
    }
  }

  #mapper(context: DatabaseContext, columns: readonly ColumnInfo[]): RowMapper {
    let mapper = this.#mappers.get(columns);
    if (mapper === undefined) {
      const plain = context.mapper(columns);
      mapper =
        this.#propertyOf.size === 0
          ? plain
          : context.mapperAs(
              columns,
              plain.names.map((it) => this.#propertyOf.get(it) ?? it),
            );
      this.#mappers.set(columns, mapper);
    }
    return mapper;
  }
}

const document: readonly ColumnInfo[] = Object.freeze([{ name: "document", databaseType: "json", type: "json" }]);

/** Whether the database's type options have JSON columns parsed, or leave them as text. */
function parsesDocuments(context: DatabaseContext): boolean {
  return context.mapper(document).first(["[]"]) !== "[]";
}
