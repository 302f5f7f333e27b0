import { isJsonText, type ParameterHint, type ParameterValue } from "@nsj/mdb-core";
import { parameterTypeOf, refuseBlankBeside } from "./column-parameters.ts";
import { digitsOf, maxPrecision, parseDecimal } from "./decimals.ts";
import { dateType, decimalType, momentType, moneyType, oldMomentType } from "./exact-types.ts";
import { refusal } from "./faults.ts";
import type { NativeConnection, NativeFacets, NativeType, Tedious } from "./native.ts";
import type { StringType } from "./options.ts";
import { floatOf, integerOf, integerText, realOf } from "./typed-numbers.ts";
import { maxLength, parseType } from "./written-type.ts";

/** A value with the type that it is declared as. */
export interface TypedParameter {
  readonly type: NativeType;
  readonly value: unknown;
  readonly facets?: NativeFacets;
  /** A NULL of which nobody said what it is; see `null-types.ts`. */
  readonly untyped?: true;
}

/** Gives parameters their types: one connection's, because text in a code page depends on the database. */
export class ParameterTypes {
  readonly #types: Tedious["TYPES"];
  readonly #stringType: StringType;
  readonly #connection: NativeConnection;

  constructor(tedious: Tedious, connection: NativeConnection, stringType: StringType) {
    this.#types = tedious.TYPES;
    this.#connection = connection;
    this.#stringType = stringType;
  }

  /**
   * The type of a value: what the hint says, or what follows from the value itself. Lengths are fixed, so that a text has one plan on the
   * server and not one for each length.
   *
   * @throws DriverFault of kind `parameter` or `value`; its message holds no value
   */
  typed(value: ParameterValue, hint: ParameterHint | undefined): TypedParameter {
    if (hint?.column !== undefined) refuseBlankBeside(hint.column, value);
    const declared = hint?.type ?? (hint?.column === undefined ? undefined : parameterTypeOf(hint.column, value));
    if (declared !== undefined) return this.#hinted(value, declared);
    if (value === null) return { ...this.#text(null, "nvarchar"), untyped: true };
    switch (typeof value) {
      case "string":
        return this.#text(value, this.#stringType);
      case "number":
        return this.#number(value);
      case "bigint":
        return this.#bigint(value);
      case "boolean":
        return { type: this.#native("Bit"), value };
      default:
    }
    if (value instanceof Date) return exactly(momentType("datetime2", 7), value);
    if (value instanceof Uint8Array) return this.#bytes(value);
    if (isJsonText(value)) return this.#text(value.text, "nvarchar");
    throw refusal("parameter", "SQL Server has no arrays as values; sql.list makes a list of them");
  }

  /**
   * The type of a parameter that brings a value back, which the server cuts and rounds to what is declared: as long as written, or as long as it can be.
   *
   * @throws DriverFault of kind `parameter` where the type does not say how many digits there are behind the point
   */
  output(value: ParameterValue, written: string): TypedParameter {
    const { name, facets } = parseType(written);
    if ((name === "decimal" || name === "numeric") && facets.length === 0) {
      throw refusal("parameter", `an output parameter of type ${name} needs its digits, as in "${name}(18, 4)"`);
    }
    const typed = this.#hinted(value, written);
    if (typed.facets?.length === undefined) return typed;
    const longest = typed.type.name === "NVarChar" ? 4_000 : 8_000;
    const [length = maxLength] = facets;
    const size = typeof typed.value === "string" || Buffer.isBuffer(typed.value) ? typed.value.length : 0;
    if (size > length) throw refusal("value", "a value is longer than its parameter");
    return { ...typed, facets: { length: length > longest ? maxLength : length } };
  }

  #number(value: number): TypedParameter {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) return { type: this.#native("Float"), value };
    const small = value >= -2_147_483_648 && value <= 2_147_483_647;
    return { type: this.#native(small ? "Int" : "BigInt"), value: small ? value : BigInt(value) };
  }

  #bigint(value: bigint): TypedParameter {
    if (BigInt.asIntN(64, value) === value) return { type: this.#native("BigInt"), value };
    if (digitsOf(value) > maxPrecision) throw refusal("value", "an integer has more than 38 digits");
    return exactly(decimalType(maxPrecision, 0), value);
  }

  #text(value: string | null, wanted: StringType): TypedParameter {
    // SQL Server would put a question mark for what its code page lacks: such a text goes as Unicode instead.
    const fits = wanted === "varchar" && (value === null || this.#fitsCodePage(value));
    const longest = fits ? 8_000 : 4_000;
    const length = value === null || value.length <= longest ? longest : maxLength;
    return { type: this.#native(fits ? "VarChar" : "NVarChar"), value, facets: { length } };
  }

  #fitsCodePage(value: string): boolean {
    // ASCII is the same everywhere.
    if (/^[\x20-\x7e\s]*$/.test(value)) return true;
    const codepage = this.#connection.databaseCollation?.codepage;
    return codepage === "CP1252" && fitsWindows1252(value);
  }

  #bytes(value: Uint8Array | null): TypedParameter {
    const bytes = value === null ? null : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    const length = bytes === null || bytes.length <= 8_000 ? 8_000 : maxLength;
    return { type: this.#native("VarBinary"), value: bytes, facets: { length } };
  }

  #hinted(value: ParameterValue, written: string): TypedParameter {
    const { name, facets } = parseType(written);
    const [first, second] = facets;
    switch (name) {
      case "varchar":
      case "char":
      case "text":
        return this.#text(textOf(value), "varchar");
      case "sql_variant":
        // A variant takes the type of what it is given, and a text is no longer than 8 000 bytes in it.
        return value === null ? this.#text(null, "nvarchar") : this.typed(value, undefined);
      case "nvarchar":
      case "nchar":
      case "ntext":
      case "xml":
      case "json":
      case "sysname":
        return this.#text(textOf(value), "nvarchar");
      case "varbinary":
      case "binary":
      case "image":
      case "timestamp":
      case "rowversion":
        return this.#bytes(bytesOf(value));
      case "bit":
        return { type: this.#native("Bit"), value: value === null ? null : booleanOf(value) };
      case "tinyint":
        return { type: this.#native("TinyInt"), value: integerOf(value) };
      case "smallint":
        return { type: this.#native("SmallInt"), value: integerOf(value) };
      case "int":
        return { type: this.#native("Int"), value: integerOf(value) };
      case "bigint":
        return { type: this.#native("BigInt"), value: value === null ? null : BigInt(integerText(value)) };
      case "real":
        return { type: this.#native("Real"), value: realOf(value) };
      case "float":
        return { type: this.#native("Float"), value: floatOf(value) };
      case "decimal":
      case "numeric":
        return exactly(decimalOf(value, name, first, second), value);
      case "money":
      case "smallmoney":
        return exactly(moneyType(name), value);
      case "uniqueidentifier":
        return { type: this.#native("UniqueIdentifier"), value: textOf(value) };
      case "date":
        return exactly(dateType, value);
      case "time":
      case "datetime2":
      case "datetimeoffset":
        return exactly(momentType(name, scaleOf(first)), value);
      case "datetime":
      case "smalldatetime":
        return exactly(oldMomentType(name), value);
      default:
        throw refusal("parameter", `a parameter cannot be of the type "${written}"`);
    }
  }

  #native(name: string): NativeType {
    const type = this.#types[name];
    if (type === undefined) throw refusal("unsupported", `the installed driver has no type ${name}`);
    return type;
  }
}

/** A value of one of our own types. */
function exactly(type: NativeType, value: ParameterValue): TypedParameter {
  return { type, value: type.validate(value) };
}

/** `decimal(p, s)` as written, or as wide as a value needs when it says no facets. */
function decimalOf(value: ParameterValue, name: "decimal" | "numeric", precision?: number, scale?: number): NativeType {
  if (precision === undefined) {
    const found = value === null ? undefined : parseDecimal(String(value));
    return decimalType(maxPrecision, Math.min(found?.scale ?? 0, maxPrecision), name);
  }
  const fraction = scale ?? 0;
  const fits = precision >= 1 && precision <= maxPrecision && fraction >= 0 && fraction <= precision;
  if (!fits) throw refusal("parameter", `there is no ${name} of these facets`);
  return decimalType(precision, fraction, name);
}

function scaleOf(scale = 7): number {
  if (Number.isInteger(scale) && scale >= 0 && scale <= 7) return scale;
  throw refusal("parameter", "a time has 0 to 7 digits behind the second");
}

function textOf(value: ParameterValue): string | null {
  if (value === null || typeof value === "string") return value;
  if (isJsonText(value)) return value.text;
  if (value instanceof Date) return value.toISOString().slice(0, -1).replace("T", " ");
  if (typeof value === "object") throw refusal("value", "a value is not text");
  return typeof value === "boolean" ? (value ? "1" : "0") : String(value);
}

function bytesOf(value: ParameterValue): Uint8Array | null {
  if (value === null || value instanceof Uint8Array) return value;
  throw refusal("value", "a value is not bytes");
}

function booleanOf(value: ParameterValue): boolean {
  if (typeof value === "boolean") return value;
  if (value === 1 || value === 1n || value === "1" || value === "true") return true;
  if (value === 0 || value === 0n || value === "0" || value === "false") return false;
  throw refusal("value", "a value is neither true nor false");
}

/** The code page without the bytes that it leaves undefined, which decode to control characters. */
const windows1252 = new Set(
  new TextDecoder("windows-1252")
    .decode(Uint8Array.from({ length: 256 }, (_, byte) => byte))
    .replace(/[\x80-\x9f]/g, ""),
);

function fitsWindows1252(text: string): boolean {
  for (const character of text) if (!windows1252.has(character)) return false;
  return true;
}
