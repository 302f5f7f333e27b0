/** What a PostgreSQL says of itself. */
export interface PostgresFacts {
  readonly version: number;
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
  readonly keepalives: string;
  readonly encrypted: boolean | null;
  readonly local: boolean;
  readonly limit: number;
  readonly reserved: number;
  readonly used: number;
  readonly own: number;
  readonly role_limit: number;
  readonly database_limit: number;
  readonly identity: string;
  readonly prepared_limit: number;
  readonly oldest_snapshot: number | null;
  readonly slot: string | null;
  readonly clock_ms: number;
}

/** Everything in one row: one round trip, and one moment. */
export const postgresFacts = `
  select current_setting('server_version_num')::int as version,
    current_setting('fsync') as fsync, current_setting('full_page_writes') as full_page_writes,
    current_setting('synchronous_commit') as synchronous_commit,
    current_setting('default_transaction_isolation') as isolation, current_setting('default_transaction_read_only') as read_only,
    pg_is_in_recovery() as standby, current_setting('server_encoding') as encoding,
    current_setting('standard_conforming_strings') as conforming,
    current_setting('statement_timeout') as statement_timeout, current_setting('idle_in_transaction_session_timeout') as idle_timeout,
    current_setting('lock_timeout') as lock_timeout, current_setting('tcp_keepalives_idle') as keepalives,
    (select ssl from pg_stat_ssl where pid = pg_backend_pid()) as encrypted,
    inet_server_addr() is null or host(inet_server_addr()) in ('127.0.0.1', '::1') as local,
    current_setting('max_connections')::int as limit, current_setting('superuser_reserved_connections')::int as reserved,
    (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as used,
    (select count(*)::int from pg_stat_activity where backend_type = 'client backend' and usename = current_user) as own,
    (select rolconnlimit from pg_roles where rolname = current_user) as role_limit,
    (select datconnlimit from pg_database where datname = current_database()) as database_limit,
    coalesce(host(inet_server_addr()), 'socket') || ':' || coalesce(inet_server_port()::text, current_setting('port')) as identity,
    current_setting('max_prepared_transactions')::int as prepared_limit,
    (select max(age(backend_xmin)) from pg_stat_activity where backend_xmin is not null) as oldest_snapshot,
    (select min(slot_name)::text from pg_replication_slots where not active) as slot,
    extract(epoch from clock_timestamp()) * 1000 as clock_ms`;
