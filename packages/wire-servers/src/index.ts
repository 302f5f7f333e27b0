export { freePort, type RunningPostgres, startPostgres } from "./postgres/start-postgres.ts";
export type { ScriptedAnswer as TnsScriptedAnswer } from "./tns/scripted-answer.ts";
export { TnsServer, type TnsServerOptions } from "./tns/tns-server.ts";
