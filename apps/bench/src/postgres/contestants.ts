import type { ServerContestant } from "../servers/contestant.ts";
import { drizzle } from "./drizzle.ts";
import { knex } from "./knex.ts";
import { kysely } from "./kysely.ts";
import { mdb } from "./mdb.ts";
import { pgClient, pgNamed, pgPool } from "./pg.ts";
import { pgPromiseLibrary } from "./pg-promise.ts";
import { postgresJs } from "./postgres-js.ts";
import { typeorm } from "./typeorm.ts";

/** The libraries beside ours, each over a pool of at most ten connections. */
export const peers: readonly ServerContestant[] = [postgresJs, pgPromiseLibrary, kysely, drizzle, knex, typeorm];

/** Everybody who works for one caller at a time. */
export const sequential: readonly ServerContestant[] = [pgClient, mdb, pgNamed, pgPool, ...peers];
