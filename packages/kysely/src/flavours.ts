import {
  type DatabaseIntrospector,
  type DialectAdapter,
  type Kysely,
  MssqlAdapter,
  MssqlIntrospector,
  MssqlQueryCompiler,
  MysqlAdapter,
  MysqlIntrospector,
  MysqlQueryCompiler,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";

/** What Kysely knows of an engine's SQL. */
export interface Flavour {
  adapter(): DialectAdapter;
  compiler(): QueryCompiler;
  introspector(db: Kysely<never>): DatabaseIntrospector;
}

/** Kysely's own SQLite has one connection, and makes everything wait for it; ours has a pool, which orders its writers itself. */
class PooledSqliteAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

/** Kysely names parameters `@1`, which is no name to T-SQL's own parser: the library's are `@p1`. */
class NamedMssqlQueryCompiler extends MssqlQueryCompiler {
  protected override getCurrentParameterPlaceholder(): string {
    return `@p${this.numParameters}`;
  }
}

const mysql: Flavour = {
  adapter: () => new MysqlAdapter(),
  compiler: () => new MysqlQueryCompiler(),
  introspector: (db) => new MysqlIntrospector(db),
};

/** By the engine's name. */
export const flavours: Readonly<Record<string, Flavour>> = {
  postgres: {
    adapter: () => new PostgresAdapter(),
    compiler: () => new PostgresQueryCompiler(),
    introspector: (db) => new PostgresIntrospector(db),
  },
  sqlite: {
    adapter: () => new PooledSqliteAdapter(),
    compiler: () => new SqliteQueryCompiler(),
    introspector: (db) => new SqliteIntrospector(db),
  },
  mssql: {
    adapter: () => new MssqlAdapter(),
    compiler: () => new NamedMssqlQueryCompiler(),
    introspector: (db) => new MssqlIntrospector(db),
  },
  mysql,
  mariadb: mysql,
};
