import type { LogicalType, ScalarLogicalType } from "@nsj/mdb-core";

/** What is known of one type of the server. */
export interface TypeFacts {
  /** The name people use: `"int8"`, `"text[]"`. */
  readonly name: string;
  readonly type: LogicalType;
  /** Present for arrays. */
  readonly element?: TypeFacts;
  /** What separates the elements of arrays of this type. */
  readonly delimiter: "," | ";";
}

/** A type whose OID nobody has told us about yet: its text is passed on as it is. */
export const unknownType: TypeFacts = Object.freeze({ name: "", type: "string", delimiter: "," });

/**
 * The built-in types: OID, name, OID of its array type, logical type. OIDs below 16384 are the same on every server (pg_type.dat).
 * What is absent here reaches the caller as text, and its arrays are looked up in the catalogue.
 */
const builtIns: readonly (readonly [oid: number, name: string, arrayOid: number, type: LogicalType])[] = [
  [16, "bool", 1000, "boolean"],
  [17, "bytea", 1001, "bytes"],
  [18, "char", 1002, "string"],
  [19, "name", 1003, "string"],
  [20, "int8", 1016, "integer"],
  [21, "int2", 1005, "integer"],
  [23, "int4", 1007, "integer"],
  [24, "regproc", 1008, "string"],
  [25, "text", 1009, "string"],
  [26, "oid", 1028, "integer"],
  [27, "tid", 1010, "string"],
  [28, "xid", 1011, "integer"],
  [29, "cid", 1012, "integer"],
  [22, "int2vector", 1006, "string"],
  [30, "oidvector", 1013, "string"],
  [114, "json", 199, "json"],
  [142, "xml", 143, "string"],
  [600, "point", 1017, "string"],
  [601, "lseg", 1018, "string"],
  [602, "path", 1019, "string"],
  [603, "box", 1020, "string"],
  [604, "polygon", 1027, "string"],
  [628, "line", 629, "string"],
  [650, "cidr", 651, "string"],
  [700, "float4", 1021, "float"],
  [701, "float8", 1022, "float"],
  [718, "circle", 719, "string"],
  [774, "macaddr8", 775, "string"],
  // Text such as "$1,234.50", and so it stays: what separates its digits depends on the server's lc_monetary, so it cannot be read as a number safely.
  [790, "money", 791, "string"],
  [829, "macaddr", 1040, "string"],
  [869, "inet", 1041, "string"],
  [1033, "aclitem", 1034, "string"],
  [1042, "bpchar", 1014, "string"],
  [1043, "varchar", 1015, "string"],
  [1082, "date", 1182, "date"],
  [1083, "time", 1183, "time"],
  [1114, "timestamp", 1115, "timestamp"],
  [1184, "timestamptz", 1185, "timestamptz"],
  [1186, "interval", 1187, "interval"],
  [1266, "timetz", 1270, "time"],
  [1560, "bit", 1561, "string"],
  [1562, "varbit", 1563, "string"],
  [1700, "numeric", 1231, "decimal"],
  [1790, "refcursor", 2201, "string"],
  [2202, "regprocedure", 2207, "string"],
  [2203, "regoper", 2208, "string"],
  [2204, "regoperator", 2209, "string"],
  [2205, "regclass", 2210, "string"],
  [2206, "regtype", 2211, "string"],
  [2950, "uuid", 2951, "uuid"],
  [2970, "txid_snapshot", 2949, "string"],
  [3220, "pg_lsn", 3221, "string"],
  [3614, "tsvector", 3643, "string"],
  [3615, "tsquery", 3645, "string"],
  [3734, "regconfig", 3735, "string"],
  [3769, "regdictionary", 3770, "string"],
  [3802, "jsonb", 3807, "json"],
  [3904, "int4range", 3905, "string"],
  [3906, "numrange", 3907, "string"],
  [3908, "tsrange", 3909, "string"],
  [3910, "tstzrange", 3911, "string"],
  [3912, "daterange", 3913, "string"],
  [3926, "int8range", 3927, "string"],
  [4072, "jsonpath", 4073, "string"],
  [4089, "regnamespace", 4090, "string"],
  [4096, "regrole", 4097, "string"],
  [4191, "regcollation", 4192, "string"],
  [4451, "int4multirange", 6150, "string"],
  [4532, "nummultirange", 6151, "string"],
  [4533, "tsmultirange", 6152, "string"],
  [4534, "tstzmultirange", 6153, "string"],
  [4535, "datemultirange", 6155, "string"],
  [4536, "int8multirange", 6157, "string"],
  [5038, "pg_snapshot", 5039, "string"],
  [5069, "xid8", 271, "integer"],
  [705, "unknown", 0, "string"],
  [2275, "cstring", 1263, "string"],
  [2278, "void", 0, "string"],
  [2249, "record", 2287, "string"],
];

/** Every built-in type by its OID. */
export const builtInTypes: ReadonlyMap<number, TypeFacts> = (() => {
  const byOid = new Map<number, TypeFacts>();
  for (const [oid, name, arrayOid, type] of builtIns) {
    const facts: TypeFacts = Object.freeze({ name, type, delimiter: name === "box" ? ";" : "," });
    byOid.set(oid, facts);
    if (arrayOid !== 0) byOid.set(arrayOid, arrayOf(facts));
  }
  return byOid;
})();

/** The array type of an element type. @param name - the element's own name, where it is a domain over what `element` says */
export function arrayOf(element: TypeFacts, name = element.name): TypeFacts {
  return Object.freeze({ name: `${name}[]`, type: arrayTypeOf(element.type), element, delimiter: "," });
}

/** A domain over an array nests: its arrays are arrays of the same elements. */
function arrayTypeOf(type: LogicalType): LogicalType {
  return isArrayType(type) ? type : `${type}[]`;
}

function isArrayType(type: LogicalType): type is Exclude<LogicalType, ScalarLogicalType> {
  return type.endsWith("[]");
}

/** The names of the SQL standard, and abbreviations, beside the server's own. */
const aliases: Readonly<Record<string, string>> = {
  bigint: "int8",
  "bit varying": "varbit",
  boolean: "bool",
  character: "bpchar",
  "character varying": "varchar",
  char: "bpchar",
  decimal: "numeric",
  "double precision": "float8",
  float: "float8",
  int: "int4",
  integer: "int4",
  real: "float4",
  smallint: "int2",
  "time with time zone": "timetz",
  "time without time zone": "time",
  "timestamp with time zone": "timestamptz",
  "timestamp without time zone": "timestamp",
};

const oidsByName: ReadonlyMap<string, number> = new Map([...builtInTypes].map(([oid, { name }]) => [name, oid]));

/**
 * The OID of a built-in type by any of its names: `"int8"`, `"bigint"`, `"numeric(12,2)"`, `"text[]"`. Length and precision are left
 * out: a parameter has none. `undefined` when there is no such built-in type.
 */
export function oidOfType(name: string): number | undefined {
  const plain = name
    .toLowerCase()
    .replace(/\([\d\s,-]*\)/, "")
    .replaceAll(/\s+/g, " ")
    .trim();
  const isArray = plain.endsWith("[]");
  const element = isArray ? plain.slice(0, -2).trim() : plain;
  const own = Object.hasOwn(aliases, element) ? aliases[element] : element;
  return oidsByName.get(isArray ? `${own}[]` : (own ?? element));
}
