import {
  type DuckDBPreparedStatement,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTypeId,
} from "@duckdb/node-api";
import { DriverFault, isJsonText, type ParameterValue } from "@nsj/mdb-core";

/** Binds a parameter as what it is; the place decides what DuckDB casts it to. */
export function bind(statement: DuckDBPreparedStatement, index: number, value: ParameterValue): void {
  if (value === null) statement.bindNull(index);
  else if (typeof value !== "object" && isText(statement, index)) statement.bindVarchar(index, String(value));
  else if (typeof value === "boolean") statement.bindBoolean(index, value);
  else if (typeof value === "number") bindNumber(statement, index, value);
  else if (typeof value === "bigint") bindInteger(statement, index, value);
  else if (typeof value === "string") statement.bindVarchar(index, value);
  else if (value instanceof Date) bindMoment(statement, index, BigInt(value.getTime()) * 1_000n);
  else if (value instanceof Uint8Array) statement.bindBlob(index, value);
  else if (isJsonText(value)) statement.bindVarchar(index, value.text);
  else throw new DriverFault("an array is no value here", { kind: "parameter" });
}

/** Beside a text, a number would have each row's text cast to a number. */
function isText(statement: DuckDBPreparedStatement, index: number): boolean {
  return statement.parameterTypeId(index) === DuckDBTypeId.VARCHAR;
}

function bindNumber(statement: DuckDBPreparedStatement, index: number, value: number): void {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) statement.bindBigInt(index, BigInt(value));
  else statement.bindDouble(index, value);
}

function bindInteger(statement: DuckDBPreparedStatement, index: number, value: bigint): void {
  if (BigInt.asIntN(64, value) === value) statement.bindBigInt(index, value);
  else if (BigInt.asIntN(128, value) === value) statement.bindHugeInt(index, value);
  else throw new DriverFault("an integer of more than 128 bits", { kind: "value" });
}

/** Made of the wrong one of the two, the session's zone would come in. */
function bindMoment(statement: DuckDBPreparedStatement, index: number, micros: bigint): void {
  const isInstant = statement.parameterTypeId(index) === DuckDBTypeId.TIMESTAMP_TZ;
  if (isInstant) statement.bindTimestampTZ(index, new DuckDBTimestampTZValue(micros));
  else statement.bindTimestamp(index, new DuckDBTimestampValue(micros));
}
