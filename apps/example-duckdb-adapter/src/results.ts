import {
  type DuckDBBlobValue,
  DuckDBBlobVector,
  type DuckDBDataChunk,
  type DuckDBResult,
  type DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTypeId,
  type DuckDBValue,
  ResultReturnType,
  StatementType,
} from "@duckdb/node-api";
import type { ColumnInfo, LogicalType, ResultSet } from "@nsj/mdb-core";

type Decode = (value: DuckDBValue) => unknown;
const asText: Decode = (value) => String(value);
const asIs: Decode = (value) => value;
const integers = [
  "TINYINT",
  "SMALLINT",
  "INTEGER",
  "BIGINT",
  "HUGEINT",
  "UTINYINT",
  "USMALLINT",
  "UINTEGER",
  "UBIGINT",
  "UHUGEINT",
  "BIGNUM",
] as const;

/** What the columns of each type are, and how their values become canonical. */
const types = new Map<DuckDBTypeId, readonly [LogicalType, Decode]>([
  ...integers.map((name) => [DuckDBTypeId[name], ["integer", asIs]] as [DuckDBTypeId, readonly [LogicalType, Decode]]),
  [DuckDBTypeId.BOOLEAN, ["boolean", asIs]],
  [DuckDBTypeId.FLOAT, ["float", asIs]],
  [DuckDBTypeId.DOUBLE, ["float", asIs]],
  [DuckDBTypeId.DECIMAL, ["decimal", asText]],
  [DuckDBTypeId.VARCHAR, ["string", asIs]],
  [DuckDBTypeId.ENUM, ["string", asIs]],
  [DuckDBTypeId.BLOB, ["bytes", (value) => Buffer.from((value as DuckDBBlobValue).bytes)]],
  [DuckDBTypeId.DATE, ["date", asText]],
  [DuckDBTypeId.TIME, ["time", asText]],
  [DuckDBTypeId.TIME_TZ, ["time", asText]],
  [DuckDBTypeId.TIMESTAMP, ["timestamp", (value) => moment((value as DuckDBTimestampValue).micros, "")]],
  [DuckDBTypeId.TIMESTAMP_S, ["timestamp", asText]],
  [DuckDBTypeId.TIMESTAMP_MS, ["timestamp", asText]],
  [DuckDBTypeId.TIMESTAMP_NS, ["timestamp", asText]],
  [DuckDBTypeId.TIMESTAMP_TZ, ["timestamptz", (value) => moment((value as DuckDBTimestampTZValue).micros, "+00")]],
  [DuckDBTypeId.UUID, ["uuid", asText]],
  [DuckDBTypeId.INTERVAL, ["interval", asText]],
]);

function moment(micros: bigint, offset: string): Date | string {
  const date = new Date(Number(micros / 1_000n));
  if (micros % 1_000n === 0n && !Number.isNaN(date.getTime())) return date;
  return `${new DuckDBTimestampValue(micros)}${offset}`;
}

/** The values of one column of a chunk. */
function columnOf(chunk: DuckDBDataChunk, index: number, isText: boolean): (row: number) => DuckDBValue {
  const vector = chunk.getColumnVector(index);
  if (!isText) return (row) => vector.getItem(row);
  // As text, the driver takes a byte order mark at the beginning away. The bytes are laid out like those of a BLOB.
  const { vector: raw } = vector as unknown as {
    readonly vector: Parameters<typeof DuckDBBlobVector.fromRawVector>[0];
  };
  const bytes = DuckDBBlobVector.fromRawVector(raw, chunk.rowCount);
  return (row) => {
    const value = bytes.getItem(row);
    return value === null ? null : Buffer.from(value.bytes).toString();
  };
}

/** The columns of a result, and its rows as they are asked for. */
export function readerOf(result: DuckDBResult) {
  const decoders: Decode[] = [];
  const columns = Array.from({ length: result.columnCount }, (_, index): ColumnInfo => {
    const type = result.columnType(index);
    const [logical, decode] =
      type.alias === "JSON" ? (["json", asIs] as const) : (types.get(type.typeId) ?? (["any", asIs] as const));
    decoders.push(decode);
    return { name: result.columnName(index), databaseType: String(type), type: logical };
  });
  const isText = columns.map((_, index) => result.columnTypeId(index) === DuckDBTypeId.VARCHAR);
  let rest: unknown[][] = [];
  return {
    columns,
    /** At most so many rows; `null` behind the last one. */
    async read(count: number): Promise<unknown[][] | null> {
      if (rest.length === 0) {
        const chunk = await result.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) return null;
        const read = columns.map((_, index) => columnOf(chunk, index, isText[index] === true));
        rest = Array.from({ length: chunk.rowCount }, (_, row) =>
          read.map((at, index) => {
            const value = at(row);
            return value === null ? null : decoders[index]?.(value);
          }),
        );
      }
      return rest.splice(0, count);
    },
  };
}

/** A statement that has run to its end. */
export async function resultOf(result: DuckDBResult): Promise<ResultSet> {
  if (result.returnType === ResultReturnType.CHANGED_ROWS)
    return { columns: [], rows: [], affected: result.rowsChanged };
  if (result.returnType === ResultReturnType.NOTHING && result.statementType !== StatementType.SELECT) {
    return { columns: [], rows: [], affected: 0 };
  }
  const { columns, read } = readerOf(result);
  const rows: unknown[][] = [];
  for (let batch = await read(2_048); batch !== null; batch = await read(2_048))
    for (const row of batch) rows.push(row);
  return { columns, rows, affected: rows.length };
}
