/** Raises an error of SQL Server inside PostgreSQL; the engine reads its number back out of the message. */
function raise(number: number, text: string): string {
  return `RAISE EXCEPTION USING ERRCODE = 'MSERR', MESSAGE = '${number}:${text.replaceAll("'", "''")}'`;
}

const badMoment = raise(241, "Conversion failed when converting date and/or time from character string.");

/** Functions of T-SQL that PostgreSQL lacks or has with another meaning, and the conversions of moments. All in schema `mssql`. */
export const backingFunctions: readonly string[] = [
  `CREATE FUNCTION mssql.ticks_of_date(date) RETURNS int8 LANGUAGE sql IMMUTABLE STRICT AS
    $$ SELECT ($1 - date '0001-01-01')::int8 * 864000000000 $$`,
  `CREATE FUNCTION mssql.date_of_ticks(int8) RETURNS date LANGUAGE sql IMMUTABLE STRICT AS
    $$ SELECT date '0001-01-01' + ($1 / 864000000000)::int4 $$`,
  `CREATE FUNCTION mssql.time_text(int8) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT to_char($1 / 36000000000, 'FM00') || ':' || to_char($1 / 600000000 % 60, 'FM00') || ':' ||
      to_char($1 / 10000000 % 60, 'FM00') || '.' || to_char($1 % 10000000, 'FM0000000')
  $$`,
  // The ticks of a text: of its day and time, and of its offset from UTC.
  `CREATE FUNCTION mssql.ticks_of_text(value text, with_offset bool) RETURNS int8 LANGUAGE plpgsql IMMUTABLE STRICT AS $$
    DECLARE
      part text[] := regexp_match(value COLLATE "C", '^\\s*(\\d{4}-\\d{2}-\\d{2}|\\d{8})?(?:[ T]|^|$)(?:(\\d{2}):(\\d{2})(?::(\\d{2})(?:\\.(\\d{1,7}))?)?)?\\s*(Z|[+-]\\d{2}:\\d{2})?\\s*$');
      ticks int8 := 0;
    BEGIN
      IF part IS NULL OR (part[1] IS NULL AND part[2] IS NULL) OR (part[6] IS NOT NULL AND NOT with_offset) THEN ${badMoment}; END IF;
      BEGIN
        IF part[1] IS NULL THEN ticks := mssql.ticks_of_date(date '1900-01-01');
        ELSE ticks := mssql.ticks_of_date(part[1]::date); END IF;
      EXCEPTION WHEN data_exception THEN ${badMoment};
      END;
      IF ticks < 0 OR part[2]::int > 23 OR part[3]::int > 59 OR part[4]::int > 59 THEN ${badMoment}; END IF;
      ticks := ticks + coalesce(part[2], '0')::int8 * 36000000000 + coalesce(part[3], '0')::int8 * 600000000 +
        coalesce(part[4], '0')::int8 * 10000000 + rpad(coalesce(part[5], '0'), 7, '0')::int8;
      IF part[6] IS NULL OR part[6] = 'Z' THEN RETURN ticks; END IF;
      RETURN ticks - (left(part[6], 1) || '1')::int8 * (substr(part[6], 2, 2)::int8 * 60 + substr(part[6], 5, 2)::int8) * 600000000;
    END $$`,
  ...["text", "varchar", "bpchar"].flatMap((text) => [
    cast(text, "datetime2", "SELECT mssql.ticks_of_text($1::text, false)::mssql.datetime2", "IMPLICIT"),
    cast(text, "datetimeoffset", "SELECT mssql.ticks_of_text($1::text, true)::mssql.datetimeoffset", "IMPLICIT"),
    cast(text, '"time"', `SELECT (mssql.ticks_of_text($1::text, false) % 864000000000)::mssql."time"`, "IMPLICIT"),
  ]),
  // What stands behind a GUID is cut off: https://learn.microsoft.com/sql/t-sql/data-types/uniqueidentifier-transact-sql
  ...["text", "varchar", "bpchar"].map((text) =>
    cast(
      text,
      "pg_catalog.uuid",
      `SELECT uuid_in(coalesce(substring($1::text COLLATE "C" from '^[{]?([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})'), '?')::cstring)`,
      "IMPLICIT",
    ),
  ),
  // Signs of currency and commas are skipped: https://learn.microsoft.com/sql/t-sql/data-types/money-and-smallmoney-transact-sql
  `CREATE FUNCTION mssql.text_to_money(text) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT AS $$
    BEGIN
      IF $1 COLLATE "C" !~ '^\\s*[-+]?[$€£]?[-+]?[0-9,]*(\\.[0-9]*)?\\s*$' OR $1 COLLATE "C" !~ '[0-9]' THEN
        ${raise(235, "Cannot convert a char value to money. The char value has incorrect syntax.")};
      END IF;
      RETURN regexp_replace($1 COLLATE "C", '[$€£,\\s]', '', 'g')::numeric;
    END $$`,
  cast("date", "datetime2", "SELECT mssql.ticks_of_date($1)::mssql.datetime2", "IMPLICIT"),
  cast("date", "datetimeoffset", "SELECT mssql.ticks_of_date($1)::mssql.datetimeoffset", "IMPLICIT"),
  cast("mssql.datetime2", "datetimeoffset", "SELECT $1::int8::mssql.datetimeoffset", "IMPLICIT"),
  cast("mssql.datetimeoffset", "datetime2", "SELECT $1::int8::mssql.datetime2", "ASSIGNMENT"),
  cast("mssql.datetime2", "pg_catalog.date", "SELECT mssql.date_of_ticks($1::int8)", "ASSIGNMENT"),
  cast("mssql.datetimeoffset", "pg_catalog.date", "SELECT mssql.date_of_ticks($1::int8)", "ASSIGNMENT"),
  cast("mssql.datetime2", '"time"', `SELECT ($1::int8 % 864000000000)::mssql."time"`, "ASSIGNMENT"),
  // FETCH wants at least one row.
  `CREATE FUNCTION mssql.fetched(count int8) RETURNS int8 LANGUAGE plpgsql IMMUTABLE AS $$
    BEGIN IF count < 1 THEN ${raise(10744, "The number of rows provided for a FETCH clause must be greater then zero.")}; END IF; RETURN count; END $$`,
  // Text.
  `CREATE OPERATOR mssql.+ (LEFTARG = text, RIGHTARG = text, FUNCTION = textcat)`,
  // Not for floating-point numbers, which SQL Server writes in a way of its own.
  ...["text", "varchar", "bpchar", "int2", "int4", "int8", "numeric", "date"].map(
    (type) =>
      `CREATE FUNCTION mssql.as_text(${type}) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT $1::text $$`,
  ),
  `CREATE FUNCTION mssql.as_text(bool) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT CASE WHEN $1 THEN '1' ELSE '0' END $$`,
  `CREATE FUNCTION mssql.as_text(uuid) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT upper($1::text) $$`,
  `CREATE FUNCTION mssql.as_text(mssql.datetime2) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS
    $$ SELECT mssql.date_of_ticks($1::int8)::text || ' ' || mssql.time_text($1::int8 % 864000000000) $$`,
  `CREATE FUNCTION mssql.as_text(mssql.datetimeoffset) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS
    $$ SELECT mssql.date_of_ticks($1::int8)::text || ' ' || mssql.time_text($1::int8 % 864000000000) || ' +00:00' $$`,
  `CREATE FUNCTION mssql.as_text(mssql."time") RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT mssql.time_text($1::int8) $$`,
  cast("mssql.datetime2", "pg_catalog.text", "SELECT mssql.as_text($1)", "ASSIGNMENT"),
  `CREATE FUNCTION mssql.as_bytes(value bytea, length int4) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT AS
    $$ SELECT CASE WHEN $2 < 0 THEN $1 ELSE substr($1, 1, $2) END $$`,
  // SQL Server counts UTF-16 code units and no trailing blanks.
  `CREATE FUNCTION mssql.len(text) RETURNS int4 LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT length(rtrim($1, ' ')) + length(regexp_replace($1 COLLATE "C", '[^\\U00010000-\\U0010FFFF]', '', 'g'))
  $$`,
  `CREATE FUNCTION mssql.charindex(text, text, int4 DEFAULT 1) RETURNS int4 LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT CASE WHEN strpos(substr($2, greatest($3, 1)), $1) = 0 THEN 0 ELSE strpos(substr($2, greatest($3, 1)), $1) + greatest($3, 1) - 1 END
  $$`,
  // A pattern of LIKE as a regular expression: T-SQL has classes, and no escape character but the one that is given.
  `CREATE FUNCTION mssql.like_regex(pattern text, escape text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
    DECLARE
      result text := '';
      rest text := pattern;
      one text;
      class text;
    BEGIN
      IF pattern IS NULL THEN RETURN NULL; END IF;
      WHILE rest <> '' LOOP
        one := left(rest, 1);
        rest := substr(rest, 2);
        IF one = escape THEN
          IF rest = '' THEN RETURN '(?!)'; END IF;
          result := result || regexp_replace(left(rest, 1) COLLATE "C", '([\\\\^$.|?*+()\\[\\]{}])', '\\\\\\1');
          rest := substr(rest, 2);
        ELSIF one = '%' THEN result := result || '.*';
        ELSIF one = '_' THEN result := result || '.';
        ELSIF one = '[' THEN
          class := substring(rest COLLATE "C" from '^(\\^?[^\\]]+)\\]');
          IF class IS NULL THEN RETURN '(?!)'; END IF;
          rest := substr(rest, length(class) + 2);
          result := result || '[' || regexp_replace(class COLLATE "C", '([\\\\\\[])', '\\\\\\1', 'g') || ']';
        ELSE result := result || regexp_replace(one COLLATE "C", '([\\\\^$.|?*+()\\[\\]{}])', '\\\\\\1');
        END IF;
      END LOOP;
      RETURN '^' || result || '$';
    END $$`,
  `CREATE FUNCTION mssql.add_small(int4, int2) RETURNS int4 LANGUAGE sql IMMUTABLE AS
    $$ SELECT CASE WHEN $2 IS NULL THEN $1 ELSE coalesce($1, 0) + $2 END $$`,
  // The sum of integers is an integer.
  "CREATE AGGREGATE mssql.sum(int4) (SFUNC = int4pl, STYPE = int4)",
  "CREATE AGGREGATE mssql.sum(int2) (SFUNC = mssql.add_small, STYPE = int4)",
  "CREATE AGGREGATE mssql.sum(int8) (SFUNC = int8pl, STYPE = int8)",
  "CREATE AGGREGATE mssql.sum(numeric) (SFUNC = numeric_add, STYPE = numeric)",
  "CREATE AGGREGATE mssql.sum(float8) (SFUNC = float8pl, STYPE = float8)",
  // Moments.
  "CREATE FUNCTION mssql.now_utc() RETURNS mssql.datetime2 LANGUAGE sql VOLATILE AS $$ SELECT ((extract(epoch FROM clock_timestamp()) * 10000000)::int8 + 621355968000000000)::mssql.datetime2 $$",
  // Objects and the session.
  `CREATE FUNCTION mssql.applock_mode(principal text, resource text, owner text) RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT CASE WHEN EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()
      AND (classid::int8 << 32) | objid::int8 = hashtextextended(resource, 0)) THEN 'Exclusive' ELSE 'NoLock' END $$`,
  `CREATE FUNCTION mssql.last_identity() RETURNS numeric LANGUAGE plpgsql VOLATILE AS $$
    BEGIN RETURN lastval(); EXCEPTION WHEN object_not_in_prerequisite_state THEN RETURN NULL; END $$`,
  `CREATE FUNCTION mssql.object_id(name text, kind text DEFAULT NULL) RETURNS int4 LANGUAGE plpgsql STABLE AS $$
    DECLARE plain text := lower(replace(replace(regexp_replace(name COLLATE "C", '^tempdb\\.\\.', ''), '[', '"'), ']', '"'));
    BEGIN
      IF kind IN ('P', 'PC') THEN
        RETURN (SELECT hashtext(p.schema || '.' || p.name) FROM mssql.procedures p
          WHERE p.name = replace(regexp_replace(plain COLLATE "C", '^.*\\.', ''), '"', '') AND p.schema = coalesce(replace(substring(plain COLLATE "C" from '^(.*)\\.'), '"', ''), 'dbo'));
      END IF;
      IF left(plain, 1) = '#' THEN plain := '"' || plain || '"'; END IF;
      RETURN (SELECT c.oid::int8::int4 FROM pg_class c WHERE c.oid = to_regclass(plain)
        AND (kind IS NULL OR (kind = 'U' AND c.relkind = 'r') OR (kind = 'V' AND c.relkind = 'v') OR (kind = 'SO' AND c.relkind = 'S')));
    END $$`,
];

function cast(from: string, to: string, body: string, context: string): string {
  const target = to.includes(".") ? to : `mssql.${to}`;
  const name = `mssql.cast_${from.replace(/\W/g, "_")}_${to.replace(/\W/g, "_")}`;
  return `CREATE FUNCTION ${name}(${from}) RETURNS ${target} LANGUAGE sql IMMUTABLE STRICT AS $$ ${body} $$;
    CREATE CAST (${from} AS ${target}) WITH FUNCTION ${name}(${from}) AS ${context}`;
}
