/** Where a connector connects to, as people would say it. */
export interface ConnectionTarget {
  /** `"db.example.org:5432"`, or a file's path. */
  readonly address: string;
  readonly database?: string;
  readonly user?: string;
  /** The schema that names without one belong to, where it was configured. Told by core. */
  readonly schema?: string;
  /** The database's own name, where `database` is only what was asked for to get there: Oracle's DB_UNIQUE_NAME behind a service. Known from the login. */
  readonly uniqueName?: string;
  /** The part of it that the session is in: Oracle's pluggable database. Known from the login. */
  readonly container?: string;
}
