/** What a MariaDB or MySQL says of itself. Numbers may come as texts. */
export interface MariadbFacts {
  readonly version: string;
  readonly name: string | null;
  readonly user: string;
  readonly flush: number;
  readonly doublewrite: string | number;
  readonly binlog: number;
  readonly sync_binlog: number;
  readonly isolation: string;
  readonly read_only: number;
  readonly mode: string;
  readonly charset: string;
  readonly most: number;
  readonly most_own: number;
  readonly own: number;
  readonly identity: string;
  readonly clock_ms: number;
}

/** Everything in one row, for every user. MySQL calls some of it otherwise. */
export const mariadbFacts = (isMysql: boolean): string => `
  select version() as version, database() as name, current_user() as user,
    @@innodb_flush_log_at_trx_commit as flush, @@innodb_doublewrite as doublewrite, @@log_bin as binlog, @@sync_binlog as sync_binlog,
    ${isMysql ? "@@transaction_isolation" : "@@tx_isolation"} as isolation,
    @@global.read_only as read_only, @@sql_mode as mode, @@character_set_database as charset,
    @@max_connections as most, @@max_user_connections as most_own,
    (select count(*) from information_schema.processlist where user = substring_index(user(), '@', 1)) as own,
    concat(@@hostname, ':', @@port, ':', ${isMysql ? "@@server_uuid" : "coalesce(@@server_uid, '')"}) as identity,
    unix_timestamp(now(3)) * 1000 as clock_ms`;
