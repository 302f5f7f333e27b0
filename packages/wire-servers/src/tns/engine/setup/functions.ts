/** `NULL` is the empty string: joining text with it gives the text, and an empty result is NULL. */
const joining = [
  ["text", "text"],
  ["text", "numeric"],
  ["numeric", "text"],
  ["text", "ora.date"],
  ["ora.date", "text"],
  ["text", "int8"],
  ["int8", "text"],
]
  .map(
    ([left, right]) => `
  CREATE FUNCTION ora.join(${left}, ${right}) RETURNS text LANGUAGE sql STABLE
    AS $$ SELECT nullif(pg_catalog.concat(ora.to_char($1), ora.to_char($2)), '') $$;
  CREATE OPERATOR ora.|| (LEFTARG = ${left}, RIGHTARG = ${right}, FUNCTION = ora.join);`,
  )
  .join("");

/** Dividing whole numbers gives a fraction. */
const dividing = ["int4", "int8"]
  .flatMap((left) => ["int4", "int8"].map((right) => [left, right]))
  .map(
    ([left, right]) => `
  CREATE FUNCTION ora.divide(${left}, ${right}) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT $1::numeric / $2::numeric $$;
  CREATE OPERATOR ora./ (LEFTARG = ${left}, RIGHTARG = ${right}, FUNCTION = ora.divide);`,
  )
  .join("");

const conversions = `
  CREATE FUNCTION ora.pattern(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT
    AS $$ SELECT pg_catalog.regexp_replace(pg_catalog.regexp_replace($1, 'RR', 'YY', 'gi'), 'FF(?![0-9])', 'US', 'gi') $$;
  CREATE FUNCTION ora.to_char(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT $1 $$;
  CREATE FUNCTION ora.to_char(numeric) RETURNS text LANGUAGE sql IMMUTABLE STRICT
    AS $$ SELECT pg_catalog.regexp_replace(pg_catalog.trim_scale($1)::text, '^(-?)0\\.', '\\1.') $$;
  CREATE FUNCTION ora.to_char(int8) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT $1::text $$;
  CREATE FUNCTION ora.to_char(float8) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT $1::text $$;
  CREATE FUNCTION ora.to_char(ora.date, text) RETURNS text LANGUAGE sql STABLE STRICT AS $$ SELECT pg_catalog.to_char($1::timestamp, ora.pattern($2)) $$;
  CREATE FUNCTION ora.to_char(timestamp, text) RETURNS text LANGUAGE sql STABLE STRICT AS $$ SELECT pg_catalog.to_char($1, ora.pattern($2)) $$;
  CREATE FUNCTION ora.to_char(timestamptz, text) RETURNS text LANGUAGE sql STABLE STRICT AS $$ SELECT pg_catalog.to_char($1, ora.pattern($2)) $$;
  CREATE FUNCTION ora.to_char(ora.date) RETURNS text LANGUAGE sql STABLE STRICT
    AS $$ SELECT ora.to_char($1, pg_catalog.current_setting('wire.nls_date_format')) $$;
  CREATE FUNCTION ora.to_char(timestamp) RETURNS text LANGUAGE sql STABLE STRICT
    AS $$ SELECT ora.to_char($1, pg_catalog.current_setting('wire.nls_timestamp_format')) $$;
  CREATE FUNCTION ora.to_char(timestamptz) RETURNS text LANGUAGE sql STABLE STRICT
    AS $$ SELECT ora.to_char($1, pg_catalog.current_setting('wire.nls_timestamp_tz_format')) $$;
  CREATE FUNCTION ora.to_char(interval) RETURNS text LANGUAGE sql STABLE STRICT AS $$ SELECT $1::text $$;
  CREATE FUNCTION ora.to_timestamp(text, text) RETURNS timestamp LANGUAGE sql STABLE STRICT
    AS $$ SELECT pg_catalog.timestamp_in(pg_catalog.textout(ora.read_moment($1, $2)), 0, -1) $$;
  CREATE FUNCTION ora.to_timestamp(text) RETURNS timestamp LANGUAGE sql STABLE STRICT
    AS $$ SELECT ora.to_timestamp($1, pg_catalog.current_setting('wire.nls_timestamp_format')) $$;
  CREATE FUNCTION ora.to_timestamp_tz(text, text) RETURNS timestamptz LANGUAGE sql STABLE STRICT
    AS $$ SELECT pg_catalog.timestamptz_in(pg_catalog.textout(ora.read_moment($1, $2)), 0, -1) $$;
  CREATE FUNCTION ora.to_timestamp_tz(text) RETURNS timestamptz LANGUAGE sql STABLE STRICT
    AS $$ SELECT ora.to_timestamp_tz($1, pg_catalog.current_setting('wire.nls_timestamp_tz_format')) $$;
  CREATE FUNCTION ora.to_timestamp_ltz(text) RETURNS ora.timestamp_ltz LANGUAGE sql STABLE STRICT
    AS $$ SELECT ora.to_timestamp_tz($1)::ora.timestamp_ltz $$;
  CREATE FUNCTION ora.to_double(text) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT pg_catalog.float8in(pg_catalog.textout($1)) $$;
  CREATE FUNCTION ora.to_float(text) RETURNS float4 LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT pg_catalog.float4in(pg_catalog.textout($1)) $$;
  CREATE FUNCTION ora.to_interval(text) RETURNS interval LANGUAGE sql STABLE STRICT AS $$ SELECT pg_catalog.interval_in(pg_catalog.textout($1), 0, -1) $$;
  CREATE FUNCTION ora.to_date(text, text) RETURNS ora.date LANGUAGE sql STABLE STRICT AS $$ SELECT ora.to_whole_seconds(ora.to_timestamp($1, $2)) $$;
  CREATE FUNCTION ora.to_date(text) RETURNS ora.date LANGUAGE sql STABLE STRICT
    AS $$ SELECT ora.to_date($1, pg_catalog.current_setting('wire.nls_date_format')) $$;
  CREATE FUNCTION ora.to_number(text) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT pg_catalog.numeric_in(pg_catalog.textout($1), 0, -1) $$;
  CREATE FUNCTION ora.to_number(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT $1 $$;
  CREATE FUNCTION ora.to_clob(text) RETURNS ora.clob LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT $1::ora.clob $$;
  CREATE FUNCTION ora.rawtohex(bytea) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT pg_catalog.upper(pg_catalog.encode($1, 'hex')) $$;
  CREATE FUNCTION ora.hextoraw(text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT pg_catalog.decode($1, 'hex') $$;
  CREATE FUNCTION ora.sys_guid() RETURNS bytea LANGUAGE sql VOLATILE AS $$ SELECT pg_catalog.uuid_send(pg_catalog.gen_random_uuid()) $$;`;

/**
 * Reads a date or time by a format, and refuses what the format has no place for. What the text leaves out at its end is 0.
 *
 * @see https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Format-Models.html "Datetime Format Models"
 */
const readingMoments = `
  CREATE FUNCTION ora.read_moment(value text, format text) RETURNS text LANGUAGE plpgsql STABLE STRICT AS $$
    DECLARE
      rest text := pg_catalog.btrim(value);
      element text; pattern text; found text; zone text := '';
      fields text[] := '{NULL,NULL,NULL,00,00,00,0}';
      places text[] := '{YYYY,MM,DD,HH24,MI,SS,FF}';
    BEGIN
      FOR element IN SELECT pg_catalog.upper(m[1]) FROM pg_catalog.regexp_matches(format, '(YYYY|MM|DD|HH24|MI|SS|FF[1-9]?|TZH|TZM|.)', 'gi') m LOOP
        EXIT WHEN rest = '';
        element := pg_catalog.regexp_replace(element, '^FF[1-9]$', 'FF');
        pattern := CASE WHEN element = 'YYYY' THEN '^\\d{1,4}' WHEN element = 'FF' THEN '^\\d{1,9}' WHEN element = 'TZH' THEN '^[+-]\\d{1,2}'
          WHEN element = 'TZM' OR element = ANY (places) THEN '^\\d{1,2}' END;
        IF pattern IS NULL AND element ~ '[A-Z]' THEN RAISE EXCEPTION 'ORA-49999: the format element %', element USING ERRCODE = 'ORA00'; END IF;
        found := CASE WHEN pattern IS NOT NULL THEN pg_catalog.substring(rest, pattern) WHEN pg_catalog.left(rest, 1) = element THEN element END;
        IF found IS NULL THEN
          RAISE EXCEPTION '%', CASE WHEN pattern IS NULL THEN 'ORA-01861: literal does not match format string'
            ELSE 'ORA-01858: a non-numeric character was found where a numeric was expected' END USING ERRCODE = 'ORA00';
        END IF;
        rest := pg_catalog.substr(rest, pg_catalog.char_length(found) + 1);
        IF element = ANY (places) THEN fields[pg_catalog.array_position(places, element)] := found; END IF;
        IF element IN ('TZH', 'TZM') THEN zone := zone || CASE element WHEN 'TZM' THEN ':' ELSE '' END || found; END IF;
      END LOOP;
      IF rest <> '' THEN
        RAISE EXCEPTION 'ORA-01830: date format picture ends before converting entire input string' USING ERRCODE = 'ORA00';
      END IF;
      IF pg_catalog.array_position(fields[1:3], NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'ORA-01840: input value not long enough for date format' USING ERRCODE = 'ORA00';
      END IF;
      RETURN pg_catalog.lpad(fields[1], 4, '0') || '-' || fields[2] || '-' || fields[3] || ' ' || fields[4] || ':' || fields[5] || ':' || fields[6] || '.' || fields[7] || zone;
    END $$;`;

const strings = `
  CREATE FUNCTION ora.length(text) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT pg_catalog.char_length($1)::numeric $$;
  CREATE FUNCTION ora.length(bytea) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT pg_catalog.octet_length($1)::numeric $$;
  CREATE FUNCTION ora.substr(text, numeric, numeric) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT CASE
      WHEN $3 < 1 OR -$2 > pg_catalog.char_length($1) THEN NULL
      ELSE nullif(pg_catalog.substr($1, CASE WHEN $2 < 0 THEN pg_catalog.char_length($1) + 1 + trunc($2)::int ELSE greatest(trunc($2)::int, 1) END,
        least(trunc($3), 2147483647)::int), '')
    END $$;
  CREATE FUNCTION ora.substr(text, numeric) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT ora.substr($1, $2, 1000000000) $$;
  CREATE FUNCTION ora.instr(text, text) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT pg_catalog.strpos($1, $2)::numeric $$;
  CREATE FUNCTION ora.instr(text, text, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT CASE WHEN pg_catalog.strpos(pg_catalog.substr($1, $3::int), $2) = 0 THEN 0::numeric
      ELSE pg_catalog.strpos(pg_catalog.substr($1, $3::int), $2) + $3 - 1 END $$;
  CREATE FUNCTION ora.lpad(text, numeric, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT nullif(pg_catalog.lpad($1, $2::int, $3), '') $$;
  CREATE FUNCTION ora.lpad(text, numeric) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT ora.lpad($1, $2, ' ') $$;
  CREATE FUNCTION ora.rpad(text, numeric, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT nullif(pg_catalog.rpad($1, $2::int, $3), '') $$;
  CREATE FUNCTION ora.rpad(text, numeric) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT ora.rpad($1, $2, ' ') $$;
  CREATE FUNCTION ora.ltrim(text, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT nullif(pg_catalog.ltrim($1, $2), '') $$;
  CREATE FUNCTION ora.ltrim(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT nullif(pg_catalog.ltrim($1), '') $$;
  CREATE FUNCTION ora.rtrim(text, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT nullif(pg_catalog.rtrim($1, $2), '') $$;
  CREATE FUNCTION ora.rtrim(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT nullif(pg_catalog.rtrim($1), '') $$;
  CREATE FUNCTION ora.replace(text, text, text) RETURNS text LANGUAGE sql IMMUTABLE
    AS $$ SELECT nullif(pg_catalog.replace($1, coalesce($2, ''), coalesce($3, '')), '') $$;
  CREATE FUNCTION ora.replace(text, text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT ora.replace($1, $2, '') $$;
  CREATE FUNCTION ora.concat(text, text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT nullif(coalesce($1, '') || coalesce($2, ''), '') $$;
  CREATE FUNCTION ora.chr(numeric) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT pg_catalog.chr($1::int) $$;`;

const numbers = `
  CREATE FUNCTION ora.round(numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT pg_catalog.round($1, $2::int) $$;
  CREATE FUNCTION ora.trunc(numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT pg_catalog.trunc($1, $2::int) $$;
  CREATE FUNCTION ora.mod(numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT
    AS $$ SELECT CASE WHEN $2 = 0 THEN $1 ELSE pg_catalog.mod($1, $2) END $$;`;

const dates = `
  CREATE FUNCTION ora.sysdate() RETURNS ora.date LANGUAGE sql STABLE
    AS $$ SELECT ora.to_whole_seconds(pg_catalog.statement_timestamp() AT TIME ZONE 'UTC') $$;
  CREATE FUNCTION ora.trunc(timestamp, text) RETURNS ora.date LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT ora.to_whole_seconds(pg_catalog.date_trunc(CASE
      WHEN pg_catalog.upper($2) IN ('DD', 'DDD', 'J') THEN 'day'
      WHEN pg_catalog.upper($2) IN ('MM', 'MON', 'MONTH') THEN 'month'
      WHEN pg_catalog.upper($2) IN ('YYYY', 'YEAR', 'YY') THEN 'year'
      WHEN pg_catalog.upper($2) IN ('HH', 'HH24', 'HH12') THEN 'hour'
      WHEN pg_catalog.upper($2) = 'MI' THEN 'minute'
      WHEN pg_catalog.upper($2) = 'Q' THEN 'quarter'
      WHEN pg_catalog.upper($2) = 'IW' THEN 'week'
    END, $1)) $$;
  CREATE FUNCTION ora.trunc(timestamp) RETURNS ora.date LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT ora.trunc($1, 'DD') $$;
  CREATE FUNCTION ora.trunc(ora.date, text) RETURNS ora.date LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT ora.trunc($1::timestamp, $2) $$;
  CREATE FUNCTION ora.trunc(ora.date) RETURNS ora.date LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT ora.trunc($1::timestamp, 'DD') $$;
  CREATE FUNCTION ora.last_day(timestamp) RETURNS ora.date LANGUAGE sql IMMUTABLE STRICT
    AS $$ SELECT ora.to_whole_seconds(pg_catalog.date_trunc('month', $1) + interval '1 month - 1 day' + ($1 - pg_catalog.date_trunc('day', $1))) $$;
  CREATE FUNCTION ora.add_months(timestamp, numeric) RETURNS ora.date LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT CASE WHEN ora.last_day($1) = ora.to_whole_seconds($1) THEN ora.last_day($1 + pg_catalog.make_interval(months => trunc($2)::int))
      ELSE ora.to_whole_seconds($1 + pg_catalog.make_interval(months => trunc($2)::int)) END $$;`;

const aggregates = ["larger", "smaller"]
  .map(
    (which) => `
  CREATE FUNCTION ora.date_${which}(ora.date, ora.date) RETURNS ora.date LANGUAGE internal IMMUTABLE STRICT AS 'timestamp_${which}';
  CREATE AGGREGATE ora.${which === "larger" ? "max" : "min"}(ora.date) (SFUNC = ora.date_${which}, STYPE = ora.date);`,
  )
  .join("");

/**
 * The catalogue as Oracle documents it: columns with what fills them, and the constraints that are keys.
 * https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/ALL_TAB_COLS.html and ALL_CONS_COLUMNS.html
 */
const catalogueViews = `
  CREATE VIEW ora."ALL_TAB_COLS" AS
    SELECT n.nspname::varchar AS "OWNER", c.relname::varchar AS "TABLE_NAME", a.attname::varchar AS "COLUMN_NAME", a.attnum::numeric AS "COLUMN_ID",
      (CASE WHEN a.attnotnull THEN 'N' ELSE 'Y' END)::varchar AS "NULLABLE",
      (CASE WHEN t.description LIKE 'identity %' THEN 'YES' ELSE 'NO' END)::varchar AS "IDENTITY_COLUMN",
      'NO'::varchar AS "VIRTUAL_COLUMN", 'NO'::varchar AS "HIDDEN_COLUMN",
      pg_catalog.char_length(pg_catalog.pg_get_expr(d.adbin, d.adrelid))::numeric AS "DEFAULT_LENGTH"
    FROM pg_catalog.pg_attribute a
      JOIN pg_catalog.pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'v')
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'ora')
      LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      LEFT JOIN pg_catalog.pg_description t ON t.objoid = a.attrelid AND t.objsubid = a.attnum AND t.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
    WHERE a.attnum > 0 AND NOT a.attisdropped;
  CREATE VIEW ora."ALL_CONSTRAINTS" AS
    SELECT n.nspname::varchar AS "OWNER", k.conname::varchar AS "CONSTRAINT_NAME", pg_catalog.upper(CASE k.contype WHEN 'f' THEN 'r' ELSE k.contype::text END)::varchar AS "CONSTRAINT_TYPE",
      c.relname::varchar AS "TABLE_NAME"
    FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = k.connamespace
    WHERE k.contype IN ('p', 'u', 'f', 'c') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'ora');
  CREATE VIEW ora."ALL_CONS_COLUMNS" AS
    SELECT n.nspname::varchar AS "OWNER", k.conname::varchar AS "CONSTRAINT_NAME", c.relname::varchar AS "TABLE_NAME", a.attname::varchar AS "COLUMN_NAME", p.place::numeric AS "POSITION"
    FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = k.connamespace,
      pg_catalog.unnest(k.conkey) WITH ORDINALITY p (number, place), pg_catalog.pg_attribute a
    WHERE a.attrelid = c.oid AND a.attnum = p.number AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'ora');`;

const session = `
  CREATE FUNCTION ora.sys_context(text, text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE pg_catalog.upper($2)
      WHEN 'SID' THEN pg_catalog.current_setting('wire.sid')
      WHEN 'SESSION_USER' THEN pg_catalog.current_setting('wire.user')
      WHEN 'CURRENT_USER' THEN pg_catalog.current_setting('wire.user')
      WHEN 'CURRENT_SCHEMA' THEN pg_catalog.current_setting('wire.schema')
      WHEN 'DB_NAME' THEN pg_catalog.current_setting('wire.service')
      WHEN 'SERVICE_NAME' THEN pg_catalog.current_setting('wire.service')
      ELSE nullif(pg_catalog.current_setting('wire.' || pg_catalog.lower($2), true), '')
    END $$;
  CREATE VIEW ora."DUAL" AS SELECT 'X'::varchar AS "DUMMY";
  CREATE VIEW ora."V$VERSION" AS SELECT 'Oracle Database 19c (a test server of @nsj/mdb over PostgreSQL) Release 19.3.0.0.0'::varchar AS "BANNER";
  CREATE VIEW ora."V$SESSION" AS
    SELECT pg_catalog.split_part(application_name, ' ', 2)::numeric AS "SID", pg_catalog.split_part(application_name, ' ', 3)::numeric AS "SERIAL#",
      pg_catalog.split_part(application_name, ' ', 4)::varchar AS "USERNAME"
    FROM pg_catalog.pg_stat_activity WHERE datname = pg_catalog.current_database() AND application_name LIKE 'tns %';
  CREATE VIEW ora."USER_TABLES" AS SELECT tablename::varchar AS "TABLE_NAME" FROM pg_catalog.pg_tables
    WHERE schemaname = pg_catalog.current_setting('wire.user');
  CREATE VIEW ora."ALL_TABLES" AS SELECT schemaname::varchar AS "OWNER", tablename::varchar AS "TABLE_NAME" FROM pg_catalog.pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'ora');
${catalogueViews}
  CREATE VIEW ora."USER_SEQUENCES" AS SELECT sequencename::varchar AS "SEQUENCE_NAME" FROM pg_catalog.pg_sequences
    WHERE schemaname = pg_catalog.current_setting('wire.user');
  CREATE TABLE ora.source (owner text, name text, kind text, body text, PRIMARY KEY (owner, name));`;

/** Statements of PostgreSQL that add Oracle's functions and views to a database that has its types already. */
export const functionsSetup =
  readingMoments + conversions + joining + dividing + strings + numbers + dates + aggregates + session;
