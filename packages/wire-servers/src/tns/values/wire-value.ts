import { decodeBinaryFloat, encodeBinaryFloat } from "./binary-float.ts";
import { decodeDatetime, encodeDatetime } from "./datetime.ts";
import { decodeDaysToSeconds, decodeYearsToMonths, encodeDaysToSeconds, encodeYearsToMonths } from "./interval.ts";
import { decodeNumber, encodeNumber } from "./number.ts";
import type { OracleType, OracleValue } from "./oracle-type.ts";

/** A value as the bytes of its type; `null` for NULL. LOBs and cursors travel otherwise. */
export function encodeValue(type: OracleType, value: OracleValue): Buffer | null {
  if (value === null) return null;
  switch (type) {
    case "NUMBER":
    case "BINARY_INTEGER":
      return encodeNumber(String(value));
    case "DATE":
      return encodeDatetime(String(value), "date");
    case "TIMESTAMP":
    case "TIMESTAMP WITH LOCAL TIME ZONE":
      return encodeDatetime(String(value), "timestamp");
    case "TIMESTAMP WITH TIME ZONE":
      return encodeDatetime(String(value), "zoned");
    case "BINARY_DOUBLE":
      return encodeBinaryFloat(Number(value), 8);
    case "BINARY_FLOAT":
      return encodeBinaryFloat(Number(value), 4);
    case "INTERVAL YEAR TO MONTH":
      return encodeYearsToMonths(String(value));
    case "INTERVAL DAY TO SECOND":
      return encodeDaysToSeconds(String(value));
    case "BOOLEAN":
      return Buffer.from(value === true ? [1, 1] : [0]);
    case "NVARCHAR2":
    case "LONG NVARCHAR":
    case "NCHAR":
      return Buffer.from(String(value), "utf16le").swap16();
    default:
      return Buffer.isBuffer(value) ? value : Buffer.from(String(value));
  }
}

/** The reverse of {@link encodeValue}. */
export function decodeValue(type: OracleType, bytes: Buffer | null): OracleValue {
  if (bytes === null) return null;
  switch (type) {
    case "NUMBER":
    case "BINARY_INTEGER":
      return decodeNumber(bytes);
    case "DATE":
    case "TIMESTAMP":
    case "TIMESTAMP WITH TIME ZONE":
    case "TIMESTAMP WITH LOCAL TIME ZONE":
      return decodeDatetime(bytes);
    case "BINARY_DOUBLE":
    case "BINARY_FLOAT":
      return decodeBinaryFloat(bytes);
    case "INTERVAL YEAR TO MONTH":
      return decodeYearsToMonths(bytes);
    case "INTERVAL DAY TO SECOND":
      return decodeDaysToSeconds(bytes);
    case "RAW":
    case "LONG RAW":
    case "BLOB":
      return Buffer.from(bytes);
    case "BOOLEAN":
      return bytes.readUInt8(0) === 1;
    case "NVARCHAR2":
    case "LONG NVARCHAR":
    case "NCHAR":
      return Buffer.from(bytes).swap16().toString("utf16le");
    default:
      return bytes.toString("utf8");
  }
}
