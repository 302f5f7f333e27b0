import { backingFunctions } from "./backing-functions.ts";
import { catalogueViews } from "./catalogue-views.ts";

/**
 * Types whose values are ticks of 100 nanoseconds: PostgreSQL's own moments have microseconds only. They share their storage and
 * their comparisons with `int8`. The facet in parentheses is the scale + 1, or 20 for `datetime` and 21 for `smalldatetime`.
 */
const tickTypes = ["datetime2", "datetimeoffset", "time"] as const;

/**
 * Text compares as under `SQL_Latin1_General_CP1_CI_AS`, also where it is unique, grouped or sorted: without regard to case, and to blanks at
 * the end. https://learn.microsoft.com/sql/relational-databases/collations/collation-and-unicode-support and, for the blanks,
 * https://learn.microsoft.com/sql/t-sql/language-elements/string-comparison-assignment. PostgreSQL compares only `bpchar` so: every text
 * type gets its operators. A `char(n)` keeps its blanks when it becomes other text.
 */
const defaultCollation = [
  `CREATE COLLATION mssql.ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`,
  `UPDATE pg_operator t SET oprcode = b.oprcode FROM pg_operator b WHERE t.oprname = b.oprname AND t.oprname IN ('=', '<>', '<', '<=', '>', '>=')
    AND t.oprleft = 'text'::regtype AND t.oprright = 'text'::regtype AND b.oprleft = 'bpchar'::regtype AND b.oprright = 'bpchar'::regtype`,
  ...[
    ["bttextcmp", "bpcharcmp"],
    ["bttextsortsupport", "bpchar_sortsupport"],
    ["hashtext", "hashbpchar"],
    ["hashtextextended", "hashbpcharextended"],
  ].map(
    ([own, wanted]) =>
      `UPDATE pg_amproc SET amproc = '${wanted}' WHERE amproc::text = '${own}' AND amproclefttype = 'text'::regtype AND amprocrighttype = 'text'::regtype`,
  ),
  "UPDATE pg_type SET typcollation = 'mssql.ci'::regcollation WHERE oid IN ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype)",
  "UPDATE pg_cast SET castmethod = 'b', castfunc = 0 WHERE castsource = 'bpchar'::regtype AND casttarget IN ('text'::regtype, 'varchar'::regtype)",
];

/**
 * Text beside a number is read as one of the number's type. PostgreSQL has comparisons of integers of different widths, and so cannot
 * decide which of them a text could be: each pair gets an operator of its own, and then so does each pair of text types.
 */
const textComparisons = `DO $do$
  DECLARE
    operator text;
    string text;
    other text;
  BEGIN
    FOREACH operator IN ARRAY ARRAY['=', '<>', '<', '>', '<=', '>='] LOOP
      FOREACH string IN ARRAY ARRAY['varchar', 'text', 'bpchar'] LOOP
        FOREACH other IN ARRAY ARRAY['int2', 'int4', 'int8', 'numeric', 'float4', 'float8'] LOOP
          EXECUTE format('CREATE FUNCTION mssql.%I(%s, %s) RETURNS bool LANGUAGE sql IMMUTABLE AS $$ SELECT $1::%s %s $2 $$',
            'text' || operator, string, other, other, operator);
          EXECUTE format('CREATE FUNCTION mssql.%I(%s, %s) RETURNS bool LANGUAGE sql IMMUTABLE AS $$ SELECT $1 %s $2::%s $$',
            'text' || operator, other, string, operator, other);
          EXECUTE format('CREATE OPERATOR mssql.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = mssql.%I)', operator, string, other, 'text' || operator);
          EXECUTE format('CREATE OPERATOR mssql.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = mssql.%I)', operator, other, string, 'text' || operator);
        END LOOP;
        FOREACH other IN ARRAY ARRAY['varchar', 'text', 'bpchar'] LOOP
          IF string = other AND string <> 'varchar' THEN CONTINUE; END IF;
          EXECUTE format('CREATE FUNCTION mssql.%I(%s, %s) RETURNS bool LANGUAGE sql IMMUTABLE AS $$ SELECT $1::text %s $2::text $$',
            'text' || operator, string, other, operator);
          EXECUTE format('CREATE OPERATOR mssql.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = mssql.%I)', operator, string, other, 'text' || operator);
        END LOOP;
      END LOOP;
    END LOOP;
  END
$do$`;

/**
 * What has to be in a database of PostgreSQL before it can stand behind SQL Server: schema `dbo`, types and functions of T-SQL in schema
 * `mssql`, and the implicit conversions of SQL Server. Run once, as a superuser, with `search_path` as {@link searchPath}.
 */
export const backingSchema: readonly string[] = [
  "CREATE SCHEMA dbo; CREATE SCHEMA mssql; CREATE SCHEMA sys",
  ...defaultCollation,
  "CREATE DOMAIN mssql.tinyint AS int2 CONSTRAINT mssql_tinyint CHECK (VALUE BETWEEN 0 AND 255)",
  "CREATE TABLE mssql.procedures (schema text, name text, definition text NOT NULL, PRIMARY KEY (schema, name))",
  internal("mssql.scale_in(cstring[])", "int4", "bpchartypmodin"),
  internal("mssql.scale_out(int4)", "cstring", "bpchartypmodout"),
  ...tickTypes.flatMap(tickType),
  ...backingFunctions,
  ...numberCasts(),
  textComparisons,
  ...catalogueViews,
];

/** Where names without a schema are looked up. */
export const searchPath = "dbo, mssql";

function internal(signature: string, result: string, name: string): string {
  return `CREATE FUNCTION ${signature} RETURNS ${result} LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS '${name}'`;
}

function tickType(name: string): readonly string[] {
  const type = `mssql."${name}"`;
  const own = (suffix: string) => `mssql.${name}_${suffix}`;
  const comparisons = [
    ["<", "lt", ">", ">="],
    ["<=", "le", ">=", ">"],
    ["=", "eq", "=", "<>"],
    ["<>", "ne", "<>", "="],
    [">=", "ge", "<=", "<"],
    [">", "gt", "<", "<="],
  ] as const;
  return [
    `CREATE TYPE ${type}`,
    internal(`${own("in")}(cstring)`, type, "int8in"),
    internal(`${own("out")}(${type})`, "cstring", "int8out"),
    `CREATE TYPE ${type} (INPUT = ${own("in")}, OUTPUT = ${own("out")}, TYPMOD_IN = mssql.scale_in, TYPMOD_OUT = mssql.scale_out, LIKE = int8)`,
    `CREATE CAST (${type} AS int8) WITHOUT FUNCTION`,
    `CREATE CAST (int8 AS ${type}) WITHOUT FUNCTION`,
    ...comparisons.flatMap(([operator, suffix, commutator, negator]) => [
      internal(`${own(suffix)}(${type}, ${type})`, "bool", `int8${suffix}`),
      `CREATE OPERATOR mssql.${operator} (LEFTARG = ${type}, RIGHTARG = ${type}, FUNCTION = ${own(suffix)}, COMMUTATOR = OPERATOR(mssql.${commutator}), NEGATOR = OPERATOR(mssql.${negator})${suffix === "eq" ? ", HASHES, MERGES" : ""})`,
    ]),
    internal(`${own("cmp")}(${type}, ${type})`, "int4", "btint8cmp"),
    internal(`${own("hash")}(${type})`, "int4", "hashint8"),
    internal(`${own("smaller")}(${type}, ${type})`, type, "int8smaller"),
    internal(`${own("larger")}(${type}, ${type})`, type, "int8larger"),
    `CREATE OPERATOR CLASS ${own("btree")} DEFAULT FOR TYPE ${type} USING btree AS OPERATOR 1 mssql.<, OPERATOR 2 mssql.<=, OPERATOR 3 mssql.=, OPERATOR 4 mssql.>=, OPERATOR 5 mssql.>, FUNCTION 1 ${own("cmp")}(${type}, ${type})`,
    `CREATE OPERATOR CLASS ${own("hash_class")} DEFAULT FOR TYPE ${type} USING hash AS OPERATOR 1 mssql.=, FUNCTION 1 ${own("hash")}(${type})`,
    `CREATE AGGREGATE mssql.min(${type}) (SFUNC = ${own("smaller")}, STYPE = ${type}, SORTOP = OPERATOR(mssql.<))`,
    `CREATE AGGREGATE mssql.max(${type}) (SFUNC = ${own("larger")}, STYPE = ${type}, SORTOP = OPERATOR(mssql.>))`,
    // PostgreSQL hands the facet over with 4 added; `datetime` counts 1/300 of a second, `smalldatetime` minutes.
    `CREATE FUNCTION ${own("rescale")}(${type}, int4, bool) RETURNS ${type} LANGUAGE sql IMMUTABLE STRICT AS $$
      SELECT (CASE
        WHEN $2 = 24 THEN $1::int8 / 864000000000 * 864000000000 + (($1::int8 % 864000000000) * 3 + 50000) / 100000 * 100000 / 3
        WHEN $2 = 25 THEN ($1::int8 + 300000000) / 600000000 * 600000000
        WHEN $2 BETWEEN 5 AND 11 THEN ($1::int8 + (10 ^ (12 - $2))::int8 / 2) / (10 ^ (12 - $2))::int8 * (10 ^ (12 - $2))::int8
        ELSE $1::int8
      END)::${type}
    $$`,
    `CREATE CAST (${type} AS ${type}) WITH FUNCTION ${own("rescale")}(${type}, int4, bool) AS IMPLICIT`,
  ];
}

/**
 * SQL Server cuts fractions off where PostgreSQL rounds, and takes text, 0 and 1 for other types without being asked. The casts of
 * PostgreSQL's own types can only be changed in its catalogue.
 */
function numberCasts(): readonly string[] {
  const integers = ["int2", "int4", "int8"];
  const fractions = ["numeric", "float4", "float8"];
  const truncating = integers.flatMap((integer) =>
    fractions.flatMap((fraction) => [
      `CREATE FUNCTION mssql.cut_${integer}(${fraction}) RETURNS ${integer} LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT pg_catalog.${integer}(trunc($1${fraction === "float4" ? "::float8" : ""})) $$`,
      `UPDATE pg_cast SET castfunc = 'mssql.cut_${integer}(${fraction})'::regprocedure WHERE castsource = '${fraction}'::regtype AND casttarget = '${integer}'::regtype`,
    ]),
  );
  const fromText = ["int2", "int4", "int8", "numeric", "float4", "float8", "date", "bool"].flatMap((type) =>
    ["text", "varchar", "bpchar"].map((text) => `CREATE CAST (${text} AS ${type}) WITH INOUT AS IMPLICIT`),
  );
  return [
    ...truncating,
    ...fromText,
    "UPDATE pg_cast SET castcontext = 'i' WHERE castsource = 'int4'::regtype AND casttarget = 'bool'::regtype",
    "UPDATE pg_cast SET castcontext = 'a' WHERE castsource = 'bool'::regtype AND casttarget = 'int4'::regtype",
  ];
}
