import { type Database, type Sql, sql, UnsupportedError } from "@nsj/mdb-core";

/** What the catalogue of an engine tells of a column. */
export interface CatalogueColumn {
  readonly table: string;
  readonly column: string;
  readonly nullable: boolean;
  /** The database always fills it by itself: identities, sequences, computed columns. */
  readonly generated: boolean;
  /** It has a default for inserts that do not name it. */
  readonly defaulted: boolean;
  /** Its place in the primary key, from 1; 0 when it is not in it. */
  readonly key: number;
  /** Of a view: it is written where it is asked for. */
  readonly view: boolean;
}

interface Row {
  readonly table: string;
  readonly column: string;
  readonly nullable: number | boolean;
  readonly generated: number | boolean;
  readonly defaulted: number | boolean;
  readonly key: number;
  /** Absent where only tables are read. */
  readonly view?: number | boolean;
}

/** Every column of every base table of a schema, and of every view where the engine's statement reads them, by table and place. @throws UnsupportedError for an engine that it does not know */
export async function readCatalogue(
  database: Database,
  schema: string | undefined,
): Promise<readonly CatalogueColumn[]> {
  const statement = Object.hasOwn(statements, database.engine) ? statements[database.engine] : undefined;
  if (statement === undefined) {
    const { label, engine } = database;
    const message = `"${label}" (${engine}): the catalogue of this engine is not known, only those of ${Object.keys(statements).join(", ")}`;
    throw new UnsupportedError(message, { database: label, engine });
  }
  const rows = await database.query(statement(schema));
  return rows.map((row) => ({
    ...row,
    nullable: Boolean(row.nullable),
    generated: Boolean(row.generated),
    // Nobody inserts into a view.
    defaulted: Boolean(row.defaulted) && !row.view,
    key: Number(row.key),
    view: Boolean(row.view),
  }));
}

/** The standard's views, which these engines have; how they tell what is generated is their own. */
const standard = (schema: Sql, generated: Sql, isPart: Sql = sql`1 = 0`): Sql<Row> => sql<Row>`
  select c.table_name as "table", c.column_name as "column",
    case when c.is_nullable = 'YES' then 1 else 0 end as nullable,
    case when ${generated} then 1 else 0 end as "generated",
    case when c.column_default is not null and c.column_default <> 'NULL' then 1 else 0 end as defaulted,
    coalesce((
      select min(k.ordinal_position)
      from information_schema.table_constraints t
      join information_schema.key_column_usage k
        on k.constraint_schema = t.constraint_schema and k.constraint_name = t.constraint_name and k.table_name = t.table_name
      where t.constraint_type = 'PRIMARY KEY' and t.table_schema = c.table_schema and t.table_name = c.table_name and k.column_name = c.column_name
    ), 0) as "key",
    case when b.table_type = 'VIEW' then 1 else 0 end as "view"
  from information_schema.columns c
  join information_schema.tables b on b.table_schema = c.table_schema and b.table_name = c.table_name
  where b.table_type in ('BASE TABLE', 'VIEW') and c.table_schema = ${schema} and not (${isPart})
  order by c.table_name, c.ordinal_position`;

/** Its number among the types of SQL Server: its values are the server's own. */
const rowversion = sql`189`;

const statements: Readonly<Record<string, (schema: string | undefined) => Sql<Row>>> = {
  postgres: (schema) =>
    standard(
      schema === undefined ? sql`current_schema()` : sql`${schema}`,
      sql`c.is_identity = 'YES' or c.is_generated = 'ALWAYS' or c.column_default like 'nextval(%'`,
      // A partition is a part of its table, which is written.
      sql`exists (select 1 from pg_class p join pg_namespace n on n.oid = p.relnamespace
        where p.relispartition and p.relname = c.table_name and n.nspname = c.table_schema)`,
    ),
  mssql: (schema) => sql<Row>`
    select t.name as "table", c.name as "column",
      case when c.is_nullable = 1 then 1 else 0 end as nullable,
      case when c.is_identity = 1 or c.is_computed = 1 or c.generated_always_type <> 0 or c.system_type_id = ${rowversion} then 1 else 0 end as generated,
      case when c.default_object_id <> 0 then 1 else 0 end as defaulted,
      coalesce((
        select min(k.key_ordinal) from sys.indexes i
        join sys.index_columns k on k.object_id = i.object_id and k.index_id = i.index_id
        where i.object_id = c.object_id and i.is_primary_key = 1 and k.column_id = c.column_id
      ), 0) as "key"
    from sys.tables t
    join sys.columns c on c.object_id = t.object_id
    where t.is_ms_shipped = 0 and c.is_hidden = 0 and t.schema_id = ${schema === undefined ? sql`schema_id()` : sql`schema_id(${schema})`}
    order by t.name, c.column_id`,
  mysql: (schema) => mysqlColumns(schema),
  mariadb: (schema) => mysqlColumns(schema),
  oracle: (schema) => sql<Row>`
    select c.table_name "table", c.column_name "column",
      case when c.nullable = 'Y' then 1 else 0 end nullable,
      case when c.identity_column = 'YES' or c.virtual_column = 'YES' then 1 else 0 end generated,
      case when c.default_length is not null then 1 else 0 end defaulted,
      coalesce((
        select min(k.position) from all_constraints t
        join all_cons_columns k on k.owner = t.owner and k.constraint_name = t.constraint_name
        where t.constraint_type = 'P' and t.owner = c.owner and t.table_name = c.table_name and k.column_name = c.column_name
      ), 0) "key"
    from all_tab_cols c
    join all_tables b on b.owner = c.owner and b.table_name = c.table_name
    where c.hidden_column = 'NO' and c.owner = ${schema === undefined ? sql`sys_context('userenv', 'current_schema')` : sql`${asOracleHasIt(schema)}`}
    order by c.table_name, c.column_id`,
  sqlite: (schema) => sql<Row>`
    select t.name as "table", c.name as "column",
      case when c."notnull" = 1 or c.pk > 0 then 0 else 1 end as nullable,
      case
        when c.hidden in (2, 3) then 1
        when c.pk = 1 and lower(c.type) = 'integer' and t.wr = 0
          and (select count(*) from pragma_table_xinfo(t.name, t.schema) k where k.pk > 0) = 1 then 1
        else 0
      end as generated,
      case when c.dflt_value is not null then 1 else 0 end as defaulted,
      c.pk as "key", case when t.type = 'view' then 1 else 0 end as "view"
    from pragma_table_list t join pragma_table_xinfo(t.name, t.schema) c
    where t.type in ('table', 'view') and t.schema = ${schema ?? "main"} and t.name not like 'sqlite\\_%' escape '\\' and c.hidden <> 1
    order by t.name, c.cid`,
};

/** A name without quotes is in upper case there. */
function asOracleHasIt(name: string): string {
  return /^[a-z][a-z0-9_$#]*$/.test(name) ? name.toUpperCase() : name;
}

function mysqlColumns(schema: string | undefined): Sql<Row> {
  return standard(
    schema === undefined ? sql`database()` : sql`${schema}`,
    // Not `DEFAULT_GENERATED`, which is what MySQL says of a default that is an expression.
    sql`c.extra like '%auto_increment%' or c.extra like '% GENERATED%'`,
  );
}
