import type { ServerContestant } from "../servers/contestant.ts";
import { drizzle } from "./drizzle.ts";
import { knex } from "./knex.ts";
import { kysely } from "./kysely.ts";
import { mdb } from "./mdb.ts";
import { mikroOrm } from "./mikro-orm.ts";
import { mysql2Pool, mysql2Prepared, mysql2Text } from "./mysql2.ts";
import { typeorm } from "./typeorm.ts";

/** The libraries beside ours, each over a pool of at most ten connections. */
export const peers: readonly ServerContestant[] = [kysely, drizzle, knex, typeorm, mikroOrm];

/** Everybody who works for one caller at a time. */
export const sequential: readonly ServerContestant[] = [mysql2Prepared, mdb, mysql2Text, mysql2Pool, ...peers];
