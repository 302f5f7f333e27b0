import { postgres as mdbPostgres } from "@nsj/mdb-adapter-postgres";
import { DatabaseManager } from "@nsj/mdb-core";
import pg from "pg";
import Cursor from "pg-cursor";
import postgresJs from "postgres";
import type { OpenStream, StreamedRow } from "../processes/open-stream.ts";

const textFor = (rowCount: number): string =>
  `select n::int as id, 'name ' || n as name, n / 4.0::float8 as score from generate_series(1, ${rowCount}) as n`;

export const byMdb: OpenStream = async function* (url, rowCount, fetchSize) {
  await using databases = new DatabaseManager({ bench: mdbPostgres({ connectionString: url }) });
  yield* databases.database("bench").stream<StreamedRow>(textFor(rowCount), [], { fetchSize });
};

export const byCursor: OpenStream = async function* (url, rowCount, batchSize) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const cursor = client.query(new Cursor<StreamedRow>(textFor(rowCount), []));
  for (let rows = await cursor.read(batchSize); rows.length > 0; rows = await cursor.read(batchSize)) yield* rows;
  await cursor.close();
  await client.end();
};

export const byPostgresJs: OpenStream = async function* (url, rowCount, batchSize) {
  const sql = postgresJs(url, { max: 1 });
  for await (const rows of sql.unsafe<StreamedRow[]>(textFor(rowCount)).cursor(batchSize)) yield* rows;
  await sql.end();
};
