/** The numbers of the types, which clients compare with: https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-types-transact-sql */
const typeNumbers: Readonly<Record<string, number>> = {
  tinyint: 48,
  smallint: 52,
  int: 56,
  bigint: 127,
  bit: 104,
  decimal: 106,
  numeric: 108,
  money: 60,
  smallmoney: 122,
  real: 59,
  float: 62,
  date: 40,
  time: 41,
  datetime2: 42,
  datetimeoffset: 43,
  smalldatetime: 58,
  datetime: 61,
  char: 175,
  nchar: 239,
  varchar: 167,
  nvarchar: 231,
  binary: 173,
  varbinary: 165,
  uniqueidentifier: 36,
};

const types = Object.entries(typeNumbers).map(([name, number]) => `('${name}'::varchar COLLATE mssql.ci, ${number})`);

/** The namespaces in which users' objects are. */
const schemas = "nspname NOT IN ('mssql', 'sys', 'pg_catalog', 'information_schema', 'pg_toast')";

/**
 * The catalogue as SQL Server documents it, as far as our suites and the clients that they run ask for it. A column's type of SQL Server and
 * the way its name was written stand in its comment (`commentOn`).
 * https://learn.microsoft.com/sql/relational-databases/system-catalog-views/object-catalog-views-transact-sql
 */
export const catalogueViews: readonly string[] = [
  `CREATE FUNCTION mssql.schema_id() RETURNS int4 LANGUAGE sql STABLE AS $$ SELECT 'dbo'::regnamespace::oid::int8::int4 $$`,
  `CREATE FUNCTION mssql.schema_id(text) RETURNS int4 LANGUAGE sql STABLE AS $$ SELECT oid::int8::int4 FROM pg_namespace WHERE nspname::text COLLATE mssql.ci = $1 AND ${schemas} $$`,
  `CREATE VIEW sys.schemas AS SELECT nspname::varchar COLLATE mssql.ci AS name, oid::int8::int4 AS schema_id FROM pg_namespace WHERE ${schemas}`,
  `CREATE VIEW sys.types AS SELECT name, number AS system_type_id, number AS user_type_id, true AS is_nullable, 'sys'::regnamespace::oid::int8::int4 AS schema_id
    FROM (VALUES ${types.join(", ")}) t (name, number)`,
  `CREATE VIEW sys.columns AS SELECT a.attrelid::int8::int4 AS object_id, coalesce(substr(t.description, strpos(t.description COLLATE "C", ' ') + 1), a.attname::text)::varchar COLLATE mssql.ci AS name,
      a.attnum::int4 AS column_id, coalesce(y.system_type_id, 0) AS system_type_id, coalesce(y.system_type_id, 0) AS user_type_id,
      NOT a.attnotnull AS is_nullable, a.attidentity <> '' AS is_identity, a.attgenerated <> '' AS is_computed, false AS is_hidden, false AS is_rowguidcol,
      0::int2 AS generated_always_type, 'NOT_APPLICABLE'::varchar AS generated_always_type_desc,
      coalesce(d.oid::int8::int4, 0) AS default_object_id
    FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.attgenerated = ''
      LEFT JOIN pg_description t ON t.objoid = a.attrelid AND t.objsubid = a.attnum AND t.classoid = 'pg_class'::regclass
      LEFT JOIN sys.types y ON y.name = substring(t.description COLLATE "C" from '^[a-z0-9]+')::varchar COLLATE mssql.ci
    WHERE a.attnum > 0 AND NOT a.attisdropped`,
  ...[
    ["tables", "r", "U"],
    ["views", "v", "V"],
  ].map(
    ([view, kind, type]) =>
      `CREATE VIEW sys.${view} AS SELECT c.relname::varchar COLLATE mssql.ci AS name, c.oid::int8::int4 AS object_id, n.oid::int8::int4 AS schema_id, n.nspname::varchar AS schema_name, '${type}'::char(2) AS type, false AS is_ms_shipped
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = '${kind}' AND ${schemas}`,
  ),
  `CREATE VIEW sys.indexes AS SELECT i.indrelid::int8::int4 AS object_id, c.relname::varchar COLLATE mssql.ci AS name,
      row_number() OVER (PARTITION BY i.indrelid ORDER BY NOT i.indisprimary, i.indexrelid)::int4 AS index_id, i.indisprimary AS is_primary_key, i.indisunique AS is_unique, i.indexrelid AS number
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid`,
  `CREATE VIEW sys.index_columns AS SELECT x.object_id, x.index_id, k.place::int4 AS index_column_id, k.number::int4 AS column_id,
      (CASE WHEN k.place <= i.indnkeyatts THEN k.place ELSE 0 END)::int2 AS key_ordinal, k.place > i.indnkeyatts AS is_included_column
    FROM sys.indexes x JOIN pg_index i ON i.indexrelid = x.number, unnest(i.indkey::int2[]) WITH ORDINALITY k (number, place)`,
  // Descriptions, of which the clients' statements here have none.
  `CREATE VIEW sys.extended_properties AS SELECT 0::int2 AS class, 0::int4 AS major_id, 0::int4 AS minor_id, ''::varchar COLLATE mssql.ci AS name, ''::varchar AS value WHERE false`,
];
