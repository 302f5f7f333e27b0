import { mariadb } from "@nsj/mdb-adapter-mysql";
import { DatabaseManager } from "@nsj/mdb-core";
import createKnex from "knex";
import { Kysely, MysqlDialect, sql } from "kysely";
import mysql2 from "mysql2";
import type { OpenStream, StreamedRow } from "../processes/open-stream.ts";
import { optionsOf, poolOf } from "./mysql2.ts";

const textFor = (rowCount: number): string =>
  `select seq as id, concat('name ', seq) as name, seq / 4e0 as score from seq_1_to_${rowCount}`;

export const byMdb: OpenStream = async function* (url, rowCount, fetchSize) {
  await using databases = new DatabaseManager({ bench: mariadb({ connectionString: url, sslMode: "disabled" }) });
  yield* databases.database("bench").stream<StreamedRow>(textFor(rowCount), [], { fetchSize });
};

export const byMysql2: OpenStream = async function* (url, rowCount, batchSize) {
  const connection = mysql2.createConnection(optionsOf(url));
  yield* connection.execute(textFor(rowCount)).stream({ highWaterMark: batchSize }) as AsyncIterable<StreamedRow>;
  await connection.promise().end();
};

export const byKysely: OpenStream = async function* (url, rowCount, batchSize) {
  const database = new Kysely<object>({ dialect: new MysqlDialect({ pool: poolOf(url).pool }) });
  const text = sql<StreamedRow>`select seq as id, concat('name ', seq) as name, seq / 4e0 as score`;
  const query = database.selectFrom(sql<StreamedRow>`(${text} from ${sql.raw(`seq_1_to_${rowCount}`)})`.as("rows"));
  yield* query.selectAll().stream(batchSize) as AsyncIterable<StreamedRow>;
  await database.destroy();
};

export const byKnex: OpenStream = async function* (url, rowCount, batchSize) {
  const database = createKnex({ client: "mysql2", connection: optionsOf(url) });
  yield* database.raw(textFor(rowCount)).stream({ highWaterMark: batchSize }) as AsyncIterable<StreamedRow>;
  await database.destroy();
};
