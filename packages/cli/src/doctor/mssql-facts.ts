/** What a SQL Server says of itself and of the database. */
export interface MssqlFacts {
  readonly version: string;
  readonly edition: number;
  readonly babelfish: string | null;
  readonly server: string;
  readonly name: string;
  readonly snapshot_reads: boolean;
  readonly snapshot: string;
  readonly read_only: boolean;
  readonly updateability: string | null;
  readonly delayed: string;
  readonly verify: string;
  readonly auto_close: boolean;
  readonly most: number;
  /** Sessions of other logins; `null` where they are not to be seen. */
  readonly others: number | null;
  readonly login: string;
  readonly clock_ms: number | string;
}

/** Everything in one row. Who has no VIEW SERVER STATE sees their own sessions only. */
export const mssqlFacts = `
  select cast(serverproperty('ProductVersion') as nvarchar(128)) as version, cast(serverproperty('EngineEdition') as int) as edition,
    cast(serverproperty('BabelfishVersion') as nvarchar(128)) as babelfish, @@servername as server, d.name as name,
    d.is_read_committed_snapshot_on as snapshot_reads, d.snapshot_isolation_state_desc as snapshot, d.is_read_only as read_only,
    cast(databasepropertyex(d.name, 'Updateability') as nvarchar(128)) as updateability,
    d.delayed_durability_desc as delayed, d.page_verify_option_desc as verify, d.is_auto_close_on as auto_close,
    @@max_connections as most,
    case when has_perms_by_name(null, null, 'VIEW SERVER STATE') = 1
      then (select count(*) from sys.dm_exec_sessions where is_user_process = 1 and original_login_name <> original_login()) end as others,
    original_login() as login,
    datediff_big(millisecond, '1970-01-01', sysutcdatetime()) as clock_ms
  from sys.databases d where d.database_id = db_id()`;
