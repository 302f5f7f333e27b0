import { ConversionError } from "../errors/index.ts";

/** The database that a value comes from. */
export interface ConversionPlace {
  /** The label. */
  readonly database: string;
  readonly engine: string;
}

/** The column that a value comes from, for messages. */
export interface ColumnSite {
  readonly column: string;
  readonly place: ConversionPlace;
}

/**
 * Turns a value in the canonical form of its logical type into what the caller gets. Never called with NULL.
 * @throws ConversionError
 */
export type Decoder = (value: unknown, site: ColumnSite) => unknown;

/** An error that names database and column; `problem` must hold no value. */
export function conversionError(problem: string, { column, place }: ColumnSite): ConversionError {
  return new ConversionError(`${place.database} (${place.engine}): column "${column}" ${problem}`, place);
}
