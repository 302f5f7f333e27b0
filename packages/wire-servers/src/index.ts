export { findMysqlServer, mysqlNeeded, type RunningMysql, startMysql } from "./mysql/start-mysql.ts";
export { crashPostgres, untilUp } from "./postgres/crash-postgres.ts";
export { pgbouncer, type RunningPgbouncer, startPgbouncer } from "./postgres/start-pgbouncer.ts";
export { freePort, type RunningPostgres, startPostgres } from "./postgres/start-postgres.ts";
export type { ScriptedAnswer as TdsScriptedAnswer } from "./tds/scripted-answer.ts";
export { startTdsServer, type TdsServer, type TdsServerOptions } from "./tds/server.ts";
export type { RecordedRequest as RecordedTdsRequest } from "./tds/server-core.ts";
export type { ScriptedAnswer as TnsScriptedAnswer } from "./tns/scripted-answer.ts";
export { TnsServer, type TnsServerOptions } from "./tns/tns-server.ts";
