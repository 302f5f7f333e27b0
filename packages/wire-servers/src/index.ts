export { freePort, type RunningPostgres, startPostgres } from "./postgres/start-postgres.ts";
