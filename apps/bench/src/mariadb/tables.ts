import { peopleCount } from "../servers/rows.ts";
import { connect } from "./mysql2.ts";

/** Makes the tables of the benchmarks. */
export async function createTables(url: string): Promise<void> {
  const client = await connect(url);
  await client.query(
    "create table people (id int primary key, name text not null, email text not null, age int not null, active boolean not null, created_at datetime not null)",
  );
  await client.query(
    `insert into people
      select seq, concat('person ', seq), concat('person', seq, '@example.org'), seq % 90, seq % 2 = 0, '2026-01-01' + interval seq minute
      from seq_1_to_${peopleCount}`,
  );
  await client.query(
    "create table notes (id bigint auto_increment primary key, author int not null, title text not null, body text not null)",
  );
  await client.query("create table bulk_notes (author int not null, title text not null, body text not null)");
  await client.query("analyze table people");
  await client.end();
}
