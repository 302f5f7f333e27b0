import type { ColumnInfo, DialectFacts } from "../driver/index.ts";
import type { ColumnSite, ConversionPlace, Decoder } from "./conversion.ts";
import { decoderFor } from "./decoders.ts";
import { compiledBuilder, plainBuilder, type RowBuilder, type RowPlan } from "./row-builder.ts";
import type { TypeOptions } from "./type-options.ts";

/**
 * Makes objects of a result's positional rows. Good for every result with the same columns; keep it, because it gets faster with use.
 * Each method throws `ConversionError` for a value that cannot be what the options ask for.
 */
export interface RowMapper {
  /** The property names, one per column, in the columns' order. A name that occurs twice is one property: the last column's. */
  readonly names: readonly string[];
  /** One object per row. */
  toObjects(rows: readonly (readonly unknown[])[]): object[];
  /** One array per row, in the order of the columns. */
  toArrays(rows: readonly (readonly unknown[])[]): unknown[][];
  /** One row as an object. */
  toObject(row: readonly unknown[]): object;
  /** The value of a row's first column. */
  first(row: readonly unknown[]): unknown;
}

/**
 * The mapper for one shape of result. Decoders are chosen here, once, not per value.
 *
 * @param place - the database, for error messages
 */
export function rowMapper(
  columns: readonly ColumnInfo[],
  options: Required<TypeOptions>,
  foldCase: DialectFacts["foldCase"],
  place: ConversionPlace,
): RowMapper {
  const folds = foldCase === "upper" && options.columnCase === "folded";
  return new ColumnMapper({
    names: Object.freeze(columns.map(({ name }) => (folds ? unfold(name) : name))),
    decoders: columns.map(({ type }) => decoderFor(type, options)),
    sites: columns.map(({ name }) => ({ column: name, place })),
  });
}

/** The row mappers of one database: made once for each result shape. */
export interface RowMappers {
  /** The row mapper of a result shape; the same object for the same `columns` array. */
  mapper(columns: readonly ColumnInfo[]): RowMapper;
  /** A row mapper that gives the columns other names. Not kept: the caller keeps it. */
  mapperAs(columns: readonly ColumnInfo[], names: readonly string[]): RowMapper;
}

/** See {@link RowMappers}. */
export function rowMappers(
  types: Required<TypeOptions>,
  { foldCase }: Pick<DialectFacts, "foldCase">,
  place: ConversionPlace,
): RowMappers {
  const mappers = new WeakMap<readonly object[], RowMapper>();
  return {
    mapper(columns) {
      let mapper = mappers.get(columns);
      if (mapper === undefined) {
        mapper = rowMapper(columns, types, foldCase, place);
        mappers.set(columns, mapper);
      }
      return mapper;
    },
    mapperAs(columns, names) {
      const renamed = columns.map((column, index) => ({ ...column, name: names[index] ?? column.name }));
      return rowMapper(renamed, types, "none", place);
    },
  };
}

/** A name without lower-case letters is one that the engine folded. */
function unfold(name: string): string {
  return name === name.toUpperCase() ? name.toLowerCase() : name;
}

/** About as many rows as it takes to win back the time for compiling. */
const rowsBeforeCompiling = 300;

class ColumnMapper implements RowMapper {
  readonly #plan: RowPlan;
  readonly #decodeFirst: Decoder | null;
  #build: RowBuilder;
  /** Rows until it compiles; `Infinity` once that is done. */
  #untilCompiling = rowsBeforeCompiling;

  constructor(plan: RowPlan) {
    this.#plan = plan;
    this.#decodeFirst = plan.decoders[0] ?? null;
    this.#build = plainBuilder(plan);
  }

  get names(): readonly string[] {
    return this.#plan.names;
  }

  toObjects(rows: readonly (readonly unknown[])[]): object[] {
    const build = this.#builderFor(rows.length);
    const objects = new Array<object>(rows.length);
    for (let index = 0; index < rows.length; index++) objects[index] = build(rows[index] as readonly unknown[]);
    return objects;
  }

  toArrays(rows: readonly (readonly unknown[])[]): unknown[][] {
    const { decoders, sites } = this.#plan;
    return rows.map((row) =>
      decoders.map((decode, index) => {
        const value = row[index] ?? null;
        return decode === null || value === null ? value : decode(value, sites[index] as ColumnSite);
      }),
    );
  }

  toObject(row: readonly unknown[]): object {
    return this.#builderFor(1)(row);
  }

  first(row: readonly unknown[]): unknown {
    const value = row[0];
    if (value === null || value === undefined) return null;
    return this.#decodeFirst === null ? value : this.#decodeFirst(value, this.#plan.sites[0] as ColumnSite);
  }

  #builderFor(rowCount: number): RowBuilder {
    this.#untilCompiling -= rowCount;
    if (this.#untilCompiling <= 0) {
      this.#untilCompiling = Number.POSITIVE_INFINITY;
      this.#build = compiledBuilder(this.#plan) ?? this.#build;
    }
    return this.#build;
  }
}
