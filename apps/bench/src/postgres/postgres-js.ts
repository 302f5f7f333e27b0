import postgres from "postgres";
import { chunks, type ServerContestant } from "../servers/contestant.ts";
import type { Person } from "../servers/rows.ts";

/** postgres.js, a driver of its own. */
export const postgresJs: ServerContestant = {
  name: "postgres.js",
  async open(url) {
    const sql = postgres(url, { max: 10 });
    return {
      person: async (id) =>
        (await sql<Person[]>`select id, name, email, age, active, created_at from people where id = ${id}`)[0],
      thousand: (after) =>
        sql<
          Person[]
        >`select id, name, email, age, active, created_at from people where id > ${after} order by id limit 1000`,
      insert: async ({ author, title, body }) => {
        const rows = await sql<
          { id: string }[]
        >`insert into notes (author, title, body) values (${author}, ${title}, ${body}) returning id`;
        return Number(rows[0]?.id);
      },
      inTransaction: (id) =>
        sql.begin(
          async (transaction) =>
            (
              await transaction<Person[]>`select id, name, email, age, active, created_at from people where id = ${id}`
            )[0],
        ) as Promise<Person | undefined>,
      bulk: async (notes) => {
        await sql.begin(async (transaction) => {
          for (const chunk of chunks(notes)) {
            await transaction`insert into bulk_notes ${transaction(chunk, "author", "title", "body")}`;
          }
        });
      },
      close: () => sql.end(),
    };
  },
};
