import pg from "pg";
import { peopleCount } from "../servers/rows.ts";

export const selectPerson = "select id, name, email, age, active, created_at from people where id = $1";
export const selectThousand =
  "select id, name, email, age, active, created_at from people where id > $1 order by id limit 1000";
export const insertNote = "insert into notes (author, title, body) values ($1, $2, $3) returning id";

/** Makes the tables of the benchmarks. */
export async function createTables(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`
    create table people (
      id integer primary key, name text not null, email text not null,
      age integer not null, active boolean not null, created_at timestamptz not null
    );
    insert into people
      select n, 'person ' || n, 'person' || n || '@example.org', n % 90, n % 2 = 0, timestamptz '2026-01-01 00:00Z' + n * interval '1 minute'
      from generate_series(1, ${peopleCount}) as n;
    create table notes (id bigint generated always as identity primary key, author integer not null, title text not null, body text not null);
    create table bulk_notes (author integer not null, title text not null, body text not null);
  `);
  await client.query("vacuum analyze people");
  await client.end();
}
