import { knexOn } from "../servers/knex.ts";

/** Knex over pg. */
export const knex = knexOn(
  (url) => ({ client: "pg", connection: url }),
  async (notes, note) => {
    const rows = await notes.insert(note).returning("id");
    return Number(rows[0]?.id);
  },
);
