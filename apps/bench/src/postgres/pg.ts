import pg, { type QueryConfig } from "pg";
import { chunks, type ServerContestant } from "../servers/contestant.ts";
import type { Note, Person } from "../servers/rows.ts";
import { insertNote, selectPerson, selectThousand } from "./tables.ts";

/** One of pg's own clients, used directly: the floor that everything built on pg stands on. */
export const pgClient: ServerContestant = { name: "pg", open: (url) => open(url, () => undefined) };

/** The same with named statements, which pg prepares once for a connection. */
export const pgNamed: ServerContestant = { name: "pg, named", open: (url) => open(url, (name) => name) };

async function open(url: string, named: (name: string) => string | undefined) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const statement = (name: string, text: string, values: unknown[]): QueryConfig => {
    const given = named(name);
    return given === undefined ? { text, values } : { name: given, text, values };
  };
  return {
    person: async (id: number) => (await client.query<Person>(statement("person", selectPerson, [id]))).rows[0],
    thousand: async (after: number) =>
      (await client.query<Person>(statement("thousand", selectThousand, [after]))).rows,
    insert: async ({ author, title, body }: Note) => {
      const { rows } = await client.query<{ id: string }>(statement("insert", insertNote, [author, title, body]));
      return Number(rows[0]?.id);
    },
    inTransaction: async (id: number) => {
      await client.query("begin");
      const { rows } = await client.query<Person>(statement("person", selectPerson, [id]));
      await client.query("commit");
      return rows[0];
    },
    bulk: async (notes: readonly Note[]) => {
      await client.query("begin");
      for (const chunk of chunks(notes)) await client.query(multiRowInsert(chunk));
      await client.query("commit");
    },
    close: () => client.end(),
  };
}

/** pg with its pool. */
export const pgPool: ServerContestant = {
  name: "pg.Pool",
  async open(url) {
    const pool = new pg.Pool({ connectionString: url, max: 10 });
    return {
      person: async (id) => (await pool.query<Person>(selectPerson, [id])).rows[0],
      thousand: async (after) => (await pool.query<Person>(selectThousand, [after])).rows,
      insert: async ({ author, title, body }) =>
        Number((await pool.query<{ id: string }>(insertNote, [author, title, body])).rows[0]?.id),
      inTransaction: async (id) => {
        const client = await pool.connect();
        try {
          await client.query("begin");
          const { rows } = await client.query<Person>(selectPerson, [id]);
          await client.query("commit");
          return rows[0];
        } finally {
          client.release();
        }
      },
      close: () => pool.end(),
    };
  },
};

function multiRowInsert(notes: readonly Note[]): QueryConfig {
  const places = notes.map((_, index) => `($${index * 3 + 1},$${index * 3 + 2},$${index * 3 + 3})`);
  return {
    text: `insert into bulk_notes (author, title, body) values ${places.join(",")}`,
    values: notes.flatMap(({ author, title, body }) => [author, title, body]),
  };
}
