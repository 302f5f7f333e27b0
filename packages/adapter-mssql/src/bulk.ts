import type { BulkTarget, ParameterValue } from "@nsj/mdb-core";
import { quoteIdentifier, quoteName } from "./dialect.ts";
import { dateType, decimalType, momentType, moneyType, oldMomentType } from "./exact-types.ts";
import { refusal } from "./faults.ts";
import type { Link } from "./link.ts";
import type { NativeColumn, NativeFacets, NativeType } from "./native.ts";
import type { ParameterTypes } from "./values.ts";

/** A column that is loaded: its type on the server, and how a value becomes one of it. */
interface LoadedColumn {
  readonly name: string;
  readonly type: NativeType;
  readonly facets: NativeFacets;
  readonly convert: (value: ParameterValue) => unknown;
}

/**
 * Loads rows by the driver's bulk load, as they come. Constraints are checked and triggers run, as an INSERT does; a NULL stays NULL where
 * the column has a default. Everything is one statement: all of it, or nothing.
 */
export async function bulkLoad(
  link: Link,
  types: ParameterTypes,
  target: BulkTarget,
  batches: AsyncIterable<readonly (readonly ParameterValue[])[]>,
): Promise<number> {
  const columns = await columnsOf(link, types, target);
  const source = new RowSource(batches, columns);
  const options = { checkConstraints: true, fireTriggers: true, keepNulls: true };
  try {
    await link.load((done) => {
      const load = link.native.newBulkLoad(quoteName(target.table), options, (error) => done(error));
      load.setTimeout(0);
      for (const { name, type, facets } of columns) load.addColumn(name, type, facets);
      return { load, send: () => link.native.execBulkLoad(load, source) };
    });
  } catch (error) {
    throw source.failure?.error ?? error;
  } finally {
    await source.end();
  }
  return source.count;
}

/** The rows on their way to the driver, one by one; what goes wrong with them is kept, because the driver would wrap it. */
class RowSource implements AsyncIterable<readonly unknown[]> {
  readonly #batches: AsyncIterator<readonly (readonly ParameterValue[])[]>;
  readonly #columns: readonly LoadedColumn[];
  failure: { readonly error: unknown } | undefined;
  count = 0;
  #ended = false;

  constructor(batches: AsyncIterable<readonly (readonly ParameterValue[])[]>, columns: readonly LoadedColumn[]) {
    this.#batches = batches[Symbol.asyncIterator]();
    this.#columns = columns;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<readonly unknown[]> {
    try {
      for (;;) {
        const next = await this.#batches.next();
        if (next.done === true) {
          this.#ended = true;
          return;
        }
        for (const row of next.value) {
          this.count += 1;
          yield this.#convert(row);
        }
      }
    } catch (error) {
      this.failure ??= { error };
      throw error;
    } finally {
      await this.end();
    }
  }

  /** Lets the source clean up. */
  async end(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#batches.return?.();
  }

  #convert(row: readonly ParameterValue[]): readonly unknown[] {
    if (row.length !== this.#columns.length) {
      throw refusal("parameter", `a row has ${row.length} values where ${this.#columns.length} columns are loaded`);
    }
    return this.#columns.map(({ convert }, index) => convert(row[index] ?? null));
  }
}

/** Asks the table what its columns are. */
async function columnsOf(link: Link, types: ParameterTypes, target: BulkTarget): Promise<readonly LoadedColumn[]> {
  let found: readonly NativeColumn[] = [];
  const list = target.columns.map(quoteIdentifier).join(", ");
  await link.request(`SELECT TOP (0) ${list} FROM ${quoteName(target.table)}`, "execSqlBatch", (request) => {
    request.on("columnMetadata", (columns) => {
      found = columns;
    });
  });
  return found.map((column, index) => {
    const name = target.columns[index] ?? column.colName;
    // The driver has no KEEP_IDENTITY, without which the server drops the values and makes its own: [MS-TDS] 2.2.7.4, fIdentity.
    if ((column.flags & 0x10) !== 0) {
      throw refusal(
        "unsupported",
        `column "${name}" is an identity, and a bulk load would give it other values; leave it out`,
      );
    }
    const { type, facets, convert } = loadedType(link, types, column);
    return {
      name,
      type,
      facets: { ...facets, nullable: (column.flags & 0x01) !== 0 },
      convert,
    };
  });
}

function loadedType(link: Link, types: ParameterTypes, column: NativeColumn): Omit<LoadedColumn, "name"> {
  const { name } = column.type;
  const { dataLength = 0, precision = 18, scale = 0 } = column;
  const { TYPES } = link.tedious;
  // `hint` is the name by which a value is converted.
  const native = (key: string, hint: string, facets: NativeFacets = {}): Omit<LoadedColumn, "name"> => {
    const type = TYPES[key];
    if (type === undefined) throw refusal("unsupported", `the installed driver has no type ${key}`);
    return { type, facets, convert: (value) => types.typed(value, { type: hint }).value };
  };
  const exact = (type: NativeType): Omit<LoadedColumn, "name"> => ({
    type,
    facets: {},
    convert: (value) => type.validate(value),
  });
  switch (`${name}${["IntN", "FloatN", "MoneyN", "DateTimeN"].includes(name) ? dataLength : ""}`) {
    case "TinyInt":
    case "IntN1":
      return native("TinyInt", "tinyint");
    case "SmallInt":
    case "IntN2":
      return native("SmallInt", "smallint");
    case "Int":
    case "IntN4":
      return native("Int", "int");
    case "BigInt":
    case "IntN8":
      return native("BigInt", "bigint");
    case "Bit":
    case "BitN":
      return native("Bit", "bit");
    case "Real":
    case "FloatN4":
      return native("Real", "real");
    case "Float":
    case "FloatN8":
      return native("Float", "float");
    case "DecimalN":
    case "NumericN":
      return exact(decimalType(precision, scale, name === "DecimalN" ? "decimal" : "numeric"));
    case "Money":
    case "MoneyN8":
      return exact(moneyType("money"));
    case "SmallMoney":
    case "MoneyN4":
      return exact(moneyType("smallmoney"));
    case "Date":
      return exact(dateType);
    case "Time":
    case "DateTime2":
    case "DateTimeOffset":
      return exact(momentType(name.toLowerCase() as "time" | "datetime2" | "datetimeoffset", scale));
    case "DateTime":
    case "DateTimeN8":
      return exact(oldMomentType("datetime"));
    case "SmallDateTime":
    case "DateTimeN4":
      return exact(oldMomentType("smalldatetime"));
    case "UniqueIdentifier":
      return native("UniqueIdentifier", "uniqueidentifier");
    case "NVarChar":
    case "NChar":
      return native(name, "nvarchar", { length: dataLength === 0xffff ? 0xffff : dataLength / 2 });
    case "VarChar":
    case "Char": {
      const column = native(name, "nvarchar", { length: dataLength });
      return { ...column, convert: (value) => encodable(column.convert(value), column.type, link) };
    }
    case "VarBinary":
    case "Binary":
      return native(name, "varbinary", { length: dataLength });
    default:
      throw refusal("unsupported", `a column of the driver's type ${name} cannot be loaded in bulk`);
  }
}

/**
 * A text for a column of a code page. The driver encodes it in the database's, with a question mark for what that lacks.
 *
 * @throws DriverFault of kind `value` when it would do so; no byte of a longer character is one in any code page
 */
function encodable(text: unknown, type: NativeType, link: Link): unknown {
  if (typeof text !== "string" || /^[\x20-\x7e\s]*$/.test(text)) return text;
  const bytes = type.validate(text, link.native.databaseCollation) as Buffer;
  if (countOf(0x3f, bytes) === text.split("?").length - 1) return text;
  throw refusal("value", "a text has characters that the database's code page lacks; insert such rows instead");
}

function countOf(wanted: number, bytes: Buffer): number {
  let count = 0;
  for (const byte of bytes) if (byte === wanted) count += 1;
  return count;
}
