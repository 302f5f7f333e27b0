/** What a PostgreSQL says of itself. */
export interface PostgresFacts {
  readonly version: number;
  readonly version_text: string;
  readonly fsync: string;
  readonly full_page_writes: string;
  readonly synchronous_commit: string;
  readonly isolation: string;
  readonly read_only: string;
  readonly standby: boolean;
  readonly encoding: string;
  readonly conforming: string;
  readonly statement_timeout: string;
  readonly idle_timeout: string;
  readonly lock_timeout: string;
  readonly limit: number;
  readonly reserved: number;
  readonly used: number;
  readonly own: number;
  readonly own_in_database: number;
  readonly used_in_database: number;
  readonly role: string;
  readonly superuser: boolean;
  readonly sees_others: boolean;
  readonly role_limit: number;
  readonly database: string;
  readonly database_limit: number;
  readonly identity: string;
  readonly prepared_limit: number;
  /** What keeps vacuum from removing rows, in transactions since then; `null` where there is none, or none to be seen. */
  readonly oldest_snapshot: number | null;
  readonly oldest_prepared: number | null;
  readonly oldest_slot: number | null;
  readonly slot: string | null;
  readonly clock_ms: number;
}

/**
 * Everything in one row: one round trip, and one moment. Every role may read it; of others' sessions one without pg_read_all_stats sees whose and in which
 * database they are, and nothing more.
 */
export const postgresFacts = `
  with client as (select * from pg_stat_activity
    where datid is not null and usesysid is not null and (backend_type is null or backend_type = 'client backend'))
  select current_setting('server_version_num')::int as version, version() as version_text,
    current_setting('fsync') as fsync, current_setting('full_page_writes') as full_page_writes,
    current_setting('synchronous_commit') as synchronous_commit,
    current_setting('default_transaction_isolation') as isolation, current_setting('default_transaction_read_only') as read_only,
    pg_is_in_recovery() as standby, current_setting('server_encoding') as encoding,
    current_setting('standard_conforming_strings') as conforming,
    current_setting('statement_timeout') as statement_timeout, current_setting('idle_in_transaction_session_timeout') as idle_timeout,
    current_setting('lock_timeout') as lock_timeout,
    current_setting('max_connections')::int as limit,
    current_setting('superuser_reserved_connections')::int + coalesce(current_setting('reserved_connections', true)::int, 0) as reserved,
    (select count(*)::int from client) as used,
    (select count(*)::int from client where usename = session_user) as own,
    (select count(*)::int from client where usename = session_user and datname = current_database()) as own_in_database,
    (select count(*)::int from client where datname = current_database()) as used_in_database,
    session_user::text as role, role.rolsuper as superuser, pg_has_role('pg_read_all_stats', 'usage') as sees_others,
    role.rolconnlimit as role_limit, current_database()::text as database,
    (select datconnlimit from pg_database where datname = current_database()) as database_limit,
    concat_ws(':', coalesce(host(inet_server_addr()), 'socket'), coalesce(inet_server_port()::text, current_setting('port')),
      extract(epoch from pg_postmaster_start_time())) as identity,
    current_setting('max_prepared_transactions')::int as prepared_limit,
    (select max(age(backend_xmin)) from pg_stat_activity where backend_xmin is not null) as oldest_snapshot,
    (select max(age(transaction)) from pg_prepared_xacts) as oldest_prepared,
    (select max(greatest(age(xmin), age(catalog_xmin))) from pg_replication_slots) as oldest_slot,
    (select min(slot_name)::text from pg_replication_slots where not active) as slot,
    extract(epoch from clock_timestamp()) * 1000 as clock_ms
  from pg_roles role where role.rolname = session_user`;
