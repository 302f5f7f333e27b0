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
  NVARCHAR2: 1,
  "LONG NVARCHAR": 8,
  NCHAR: 96,
  NCLOB: 112,
} as const;

/** The name of one of Oracle's types. */
export type OracleType = keyof typeof oracleTypeNumbers;

/** The character set form on the wire of text in the national character set; every other text has form 1. */
export const nationalForm = 2;

const namesByNumber = new Map<string, OracleType>(
  Object.entries(oracleTypeNumbers).map(([name, number]) => {
    const type = name as OracleType;
    return [`${number} ${isNational(type)}`, type];
  }),
);

/** The type with this number and character set form on the wire. @throws RangeError for one that this server does not know. */
export function oracleTypeOf(number: number, form: number): OracleType {
  const name = namesByNumber.get(`${number} ${form === nationalForm}`);
  if (name === undefined) throw new RangeError(`the TNS test server does not know the type with the number ${number}`);
  return name;
}

/** Types that travel as text and so have a character set. */
export function isCharacterType(type: OracleType): boolean {
  return type === "VARCHAR2" || type === "CHAR" || type === "CLOB" || type === "LONG" || isNational(type);
}

/** Text of the national character set, AL16UTF16. */
export function isNational(type: OracleType): boolean {
  return type === "NVARCHAR2" || type === "LONG NVARCHAR" || type === "NCHAR" || type === "NCLOB";
}

/** Types whose values travel as locators. */
export function isLobType(type: OracleType): boolean {
  return type === "CLOB" || type === "NCLOB" || type === "BLOB";
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
