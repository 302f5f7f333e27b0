/** Oracle's types as this server speaks of them, with their numbers on the wire (lib/types.js of oracledb). */
export const oracleTypeNumbers = {
  VARCHAR2: 1,
  NUMBER: 2,
  BINARY_INTEGER: 3,
  LONG: 8,
  ROWID: 11,
  DATE: 12,
  RAW: 23,
  "LONG RAW": 24,
  CHAR: 96,
  BINARY_FLOAT: 100,
  BINARY_DOUBLE: 101,
  "REF CURSOR": 102,
  CLOB: 112,
  BLOB: 113,
  JSON: 119,
  TIMESTAMP: 180,
  "TIMESTAMP WITH TIME ZONE": 181,
  "INTERVAL YEAR TO MONTH": 182,
  "INTERVAL DAY TO SECOND": 183,
  "TIMESTAMP WITH LOCAL TIME ZONE": 231,
  BOOLEAN: 252,
} as const;

/** The name of one of Oracle's types. */
export type OracleType = keyof typeof oracleTypeNumbers;

const namesByNumber = new Map<number, OracleType>(
  Object.entries(oracleTypeNumbers).map(([name, number]) => [number, name as OracleType]),
);

/** The type with this number on the wire. @throws RangeError for one that this server does not know. */
export function oracleTypeOf(number: number): OracleType {
  const name = namesByNumber.get(number);
  if (name === undefined) throw new RangeError(`the TNS test server does not know the type with the number ${number}`);
  return name;
}

/** Types that travel as text and so have a character set. */
export function isCharacterType(type: OracleType): boolean {
  return type === "VARCHAR2" || type === "CHAR" || type === "CLOB" || type === "LONG";
}

/** What a column of a result holds. */
export interface OracleColumn {
  readonly name: string;
  readonly type: OracleType;
  /** For NUMBER: 0 when there is none. */
  readonly precision: number;
  /** For NUMBER: -127 when there is none. For timestamps and intervals: digits of the seconds' fraction. */
  readonly scale: number;
  /** Bytes at most, for types of variable length. */
  readonly size: number;
  readonly nullable: boolean;
  /** A check constraint says that it holds JSON. */
  readonly json: boolean;
}

/**
 * A value between the wire and the engine: numbers as decimal text, dates and timestamps as `YYYY-MM-DD HH:MM:SS[.f...]` (with a zone: in
 * UTC), intervals as PostgreSQL's text, text as `string`, bytes as `Buffer`, binary floats as `number`.
 */
export type OracleValue = null | string | number | boolean | Buffer;
