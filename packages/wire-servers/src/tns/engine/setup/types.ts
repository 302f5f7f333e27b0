/** A type of Oracle that PostgreSQL has under another name: stored the same way, but told apart in results. */
interface AliasType {
  readonly name: string;
  readonly like: string;
  readonly input: string;
  readonly output: string;
  /** The input function takes a type modifier too. */
  readonly modifier?: boolean;
  readonly category: string;
  readonly collatable?: boolean;
  /** What may be assigned to it as it is. */
  readonly from: readonly string[];
}

const aliases: readonly AliasType[] = [
  text("clob"),
  text("nclob"),
  text("long"),
  text("nvarchar"),
  text("json"),
  text("json_clob"),
  text("json_varchar"),
  { name: "blob", like: "bytea", input: "byteain", output: "byteaout", category: "U", from: ["bytea"] },
  {
    name: "timestamp_ltz",
    like: "timestamptz",
    input: "timestamptz_in",
    output: "timestamptz_out",
    modifier: true,
    category: "D",
    from: ["timestamptz"],
  },
  {
    name: "date",
    like: "timestamp",
    input: "timestamp_in",
    output: "timestamp_out",
    modifier: true,
    category: "D",
    from: [],
  },
];

function text(name: string): AliasType {
  return {
    name,
    like: "text",
    input: "textin",
    output: "textout",
    category: "S",
    collatable: true,
    from: ["text", "varchar"],
  };
}

function create({ name, like, input, output, modifier, category, collatable, from }: AliasType): string {
  const type = `ora.${name}`;
  return `
    CREATE TYPE ${type};
    CREATE FUNCTION ora.${name}_in(cstring${modifier ? ", oid, int4" : ""}) RETURNS ${type} LANGUAGE internal IMMUTABLE STRICT AS '${input}';
    CREATE FUNCTION ora.${name}_out(${type}) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS '${output}';
    CREATE TYPE ${type} (INPUT = ora.${name}_in, OUTPUT = ora.${name}_out, LIKE = ${like}, CATEGORY = '${category}'
      ${collatable ? ", COLLATABLE = true" : ""});
    CREATE CAST (${type} AS ${like}) WITHOUT FUNCTION AS IMPLICIT;
    ${from.map((source) => `CREATE CAST (${source} AS ${type}) WITHOUT FUNCTION AS ASSIGNMENT;`).join("\n")}`;
}

/**
 * CHAR and NCHAR keep their padding. Two of them are compared without it, and so is one with a literal, which is a CHAR; with a VARCHAR2, as text
 * is bound, every blank counts.
 *
 * @see https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Data-Type-Comparison-Rules.html "Blank-Padded and Nonpadded Comparison Semantics"
 */
function padded(name: string): string {
  const type = `ora.${name}`;
  return `
    CREATE TYPE ${type};
    CREATE FUNCTION ora.${name}_in(cstring, oid, int4) RETURNS ${type} LANGUAGE internal IMMUTABLE STRICT AS 'bpcharin';
    CREATE FUNCTION ora.${name}_out(${type}) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'bpcharout';
    CREATE TYPE ${type} (INPUT = ora.${name}_in, OUTPUT = ora.${name}_out, TYPMOD_IN = bpchartypmodin, TYPMOD_OUT = bpchartypmodout,
      LIKE = bpchar, CATEGORY = 'S', COLLATABLE = true);
    CREATE FUNCTION ora.${name}_size(${type}, int4, boolean) RETURNS ${type} LANGUAGE internal IMMUTABLE STRICT AS 'bpchar';
    CREATE CAST (${type} AS ${type}) WITH FUNCTION ora.${name}_size(${type}, int4, boolean) AS IMPLICIT;
    CREATE CAST (${type} AS text) WITHOUT FUNCTION AS IMPLICIT;
    CREATE CAST (${type} AS varchar) WITHOUT FUNCTION AS ASSIGNMENT;
    CREATE CAST (text AS ${type}) WITHOUT FUNCTION AS ASSIGNMENT;
    CREATE CAST (varchar AS ${type}) WITHOUT FUNCTION AS ASSIGNMENT;
    ${comparisons
      .map(
        ([operator, word, negator, commutator]) => `
    CREATE FUNCTION ora.${name}_${word}(${type}, ${type}) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'bpchar${word}';
    CREATE OPERATOR ora.${operator} (LEFTARG = ${type}, RIGHTARG = ${type}, FUNCTION = ora.${name}_${word}, NEGATOR = OPERATOR(ora.${negator}),
      COMMUTATOR = OPERATOR(ora.${commutator})${operator === "=" ? ", HASHES, MERGES" : ""});`,
      )
      .join("")}
    CREATE FUNCTION ora.${name}_cmp(${type}, ${type}) RETURNS int4 LANGUAGE internal IMMUTABLE STRICT AS 'bpcharcmp';
    CREATE FUNCTION ora.${name}_hash(${type}) RETURNS int4 LANGUAGE internal IMMUTABLE STRICT AS 'hashbpchar';
    CREATE OPERATOR CLASS ora.${name}_ops DEFAULT FOR TYPE ${type} USING btree AS
      OPERATOR 1 ora.<, OPERATOR 2 ora.<=, OPERATOR 3 ora.=, OPERATOR 4 ora.>=, OPERATOR 5 ora.>, FUNCTION 1 ora.${name}_cmp(${type}, ${type});
    CREATE OPERATOR CLASS ora.${name}_hash_ops DEFAULT FOR TYPE ${type} USING hash AS OPERATOR 1 ora.=, FUNCTION 1 ora.${name}_hash(${type});`;
}

const comparisons = [
  ["=", "eq", "<>", "="],
  ["<>", "ne", "=", "<>"],
  ["<", "lt", ">=", ">"],
  ["<=", "le", ">", ">="],
  [">", "gt", "<=", "<"],
  [">=", "ge", "<", "<="],
] as const;

/** DATE has operators of its own: differences are days, and comparing it with a string reads the string as a DATE. */
const dateOperators = `
  CREATE FUNCTION ora.as_date(timestamp) RETURNS ora.date LANGUAGE internal IMMUTABLE STRICT AS 'int8up';
  CREATE FUNCTION ora.to_whole_seconds(timestamp) RETURNS ora.date LANGUAGE sql IMMUTABLE STRICT
    AS $$ SELECT ora.as_date(pg_catalog.date_trunc('second', $1)) $$;
  CREATE CAST (timestamp AS ora.date) WITH FUNCTION ora.to_whole_seconds(timestamp) AS ASSIGNMENT;
  CREATE FUNCTION ora.zoned_to_date(timestamptz) RETURNS ora.date LANGUAGE sql STABLE STRICT
    AS $$ SELECT ora.to_whole_seconds($1::timestamp) $$;
  CREATE CAST (timestamptz AS ora.date) WITH FUNCTION ora.zoned_to_date(timestamptz) AS ASSIGNMENT;
  CREATE FUNCTION ora.date_to_zoned(ora.date) RETURNS timestamptz LANGUAGE sql STABLE STRICT AS $$ SELECT $1::timestamp::timestamptz $$;
  CREATE CAST (ora.date AS timestamptz) WITH FUNCTION ora.date_to_zoned(ora.date) AS ASSIGNMENT;
  CREATE FUNCTION ora.timestamp_to_ltz(timestamp) RETURNS ora.timestamp_ltz LANGUAGE sql STABLE STRICT
    AS $$ SELECT $1::timestamptz::ora.timestamp_ltz $$;
  CREATE CAST (timestamp AS ora.timestamp_ltz) WITH FUNCTION ora.timestamp_to_ltz(timestamp) AS ASSIGNMENT;
  ${comparisons
    .map(
      ([operator, name, negator, commutator]) => `
  CREATE FUNCTION ora.date_${name}(ora.date, ora.date) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'timestamp_${name}';
  CREATE OPERATOR ora.${operator} (LEFTARG = ora.date, RIGHTARG = ora.date, FUNCTION = ora.date_${name}, NEGATOR = OPERATOR(ora.${negator}),
    COMMUTATOR = OPERATOR(ora.${commutator})${operator === "=" ? ", HASHES, MERGES" : ""});`,
    )
    .join("\n")}
  CREATE FUNCTION ora.date_cmp(ora.date, ora.date) RETURNS int4 LANGUAGE internal IMMUTABLE STRICT AS 'timestamp_cmp';
  CREATE FUNCTION ora.date_hash(ora.date) RETURNS int4 LANGUAGE internal IMMUTABLE STRICT AS 'timestamp_hash';
  CREATE OPERATOR CLASS ora.date_ops DEFAULT FOR TYPE ora.date USING btree AS
    OPERATOR 1 ora.<, OPERATOR 2 ora.<=, OPERATOR 3 ora.=, OPERATOR 4 ora.>=, OPERATOR 5 ora.>, FUNCTION 1 ora.date_cmp(ora.date, ora.date);
  CREATE OPERATOR CLASS ora.date_hash_ops DEFAULT FOR TYPE ora.date USING hash AS OPERATOR 1 ora.=, FUNCTION 1 ora.date_hash(ora.date);

  CREATE FUNCTION ora.plus_days(timestamp, numeric) RETURNS ora.date LANGUAGE sql IMMUTABLE STRICT
    AS $$ SELECT ora.to_whole_seconds($1 + pg_catalog.make_interval(secs => pg_catalog.round($2 * 86400)::float8)) $$;
  CREATE FUNCTION ora.minus_days(timestamp, numeric) RETURNS ora.date LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT ora.plus_days($1, -$2) $$;
  CREATE FUNCTION ora.plus_days(ora.date, numeric) RETURNS ora.date LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT ora.plus_days($1::timestamp, $2) $$;
  CREATE FUNCTION ora.minus_days(ora.date, numeric) RETURNS ora.date LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT ora.plus_days($1::timestamp, -$2) $$;
  CREATE FUNCTION ora.days_plus(numeric, ora.date) RETURNS ora.date LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT ora.plus_days($2::timestamp, $1) $$;
  CREATE FUNCTION ora.days_between(ora.date, ora.date) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT
    AS $$ SELECT extract(epoch FROM $1::timestamp - $2::timestamp) / 86400::numeric $$;
  CREATE FUNCTION ora.date_plus(ora.date, interval) RETURNS ora.date LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT ora.to_whole_seconds($1::timestamp + $2) $$;
  CREATE FUNCTION ora.date_minus(ora.date, interval) RETURNS ora.date LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT ora.to_whole_seconds($1::timestamp - $2) $$;
  CREATE OPERATOR ora.+ (LEFTARG = ora.date, RIGHTARG = numeric, FUNCTION = ora.plus_days);
  CREATE OPERATOR ora.- (LEFTARG = ora.date, RIGHTARG = numeric, FUNCTION = ora.minus_days);
  CREATE OPERATOR ora.+ (LEFTARG = timestamp, RIGHTARG = numeric, FUNCTION = ora.plus_days);
  CREATE OPERATOR ora.- (LEFTARG = timestamp, RIGHTARG = numeric, FUNCTION = ora.minus_days);
  CREATE OPERATOR ora.+ (LEFTARG = numeric, RIGHTARG = ora.date, FUNCTION = ora.days_plus);
  CREATE OPERATOR ora.- (LEFTARG = ora.date, RIGHTARG = ora.date, FUNCTION = ora.days_between);
  CREATE OPERATOR ora.+ (LEFTARG = ora.date, RIGHTARG = interval, FUNCTION = ora.date_plus);
  CREATE OPERATOR ora.- (LEFTARG = ora.date, RIGHTARG = interval, FUNCTION = ora.date_minus);`;

/** NCHAR beside CHAR, of which the one is a literal or a CHAR bind. */
const bothPadded = `
  CREATE CAST (ora.char AS ora.nchar) WITHOUT FUNCTION AS IMPLICIT;
  CREATE CAST (ora.nvarchar AS varchar) WITHOUT FUNCTION AS ASSIGNMENT;
  CREATE CAST (ora.clob AS varchar) WITHOUT FUNCTION AS ASSIGNMENT;`;

/** How text becomes a value of another type, where it is compared with one or stored as one. */
const textReaders = [
  ["numeric", "ora.to_number", "IMMUTABLE"],
  ["float8", "ora.to_double", "IMMUTABLE"],
  ["float4", "ora.to_float", "IMMUTABLE"],
  ["bytea", "ora.hextoraw", "IMMUTABLE"],
  ["interval", "ora.to_interval", "STABLE"],
  ["ora.date", "ora.to_date", "STABLE"],
  ["timestamp", "ora.to_timestamp", "STABLE"],
  ["timestamptz", "ora.to_timestamp_tz", "STABLE"],
  ["ora.timestamp_ltz", "ora.to_timestamp_ltz", "STABLE"],
] as const;

/** Statements of PostgreSQL that make text convert by its place; after the functions are there. */
export const conversionsSetup = textReaders
  .map(([type, reader, volatility], place) => {
    const operators = comparisons.map(
      ([operator, word]) => `
  CREATE FUNCTION ora.text_${word}(text, ${type}) RETURNS boolean LANGUAGE sql ${volatility} STRICT AS $$ SELECT ${reader}($1) ${operator} $2 $$;
  CREATE FUNCTION ora.text_${word}(${type}, text) RETURNS boolean LANGUAGE sql ${volatility} STRICT AS $$ SELECT $1 ${operator} ${reader}($2) $$;
  CREATE OPERATOR ora.${operator} (LEFTARG = text, RIGHTARG = ${type}, FUNCTION = ora.text_${word});
  CREATE OPERATOR ora.${operator} (LEFTARG = ${type}, RIGHTARG = text, FUNCTION = ora.text_${word});`,
    );
    return `${operators.join("")}
  CREATE CAST (text AS ${type}) WITH FUNCTION ${reader}(text) AS ASSIGNMENT;
  CREATE FUNCTION ora.varchar_to_${place}(varchar) RETURNS ${type} LANGUAGE sql ${volatility} STRICT AS $$ SELECT ${reader}($1::text) $$;
  CREATE CAST (varchar AS ${type}) WITH FUNCTION ora.varchar_to_${place}(varchar) AS ASSIGNMENT;`;
  })
  .concat(`
  CREATE FUNCTION ora.text_to_blob(text) RETURNS ora.blob LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT ora.hextoraw($1)::ora.blob $$;
  CREATE CAST (text AS ora.blob) WITH FUNCTION ora.text_to_blob(text) AS ASSIGNMENT;`)
  .join("");

/** Statements of PostgreSQL that add Oracle's types to a database. */
export const typesSetup = `CREATE SCHEMA ora; ${aliases.map(create).join("\n")} ${dateOperators} ${padded("char")} ${padded("nchar")} ${bothPadded}`;
