import { knexOn } from "../servers/knex.ts";
import { optionsOf } from "./mysql2.ts";

/** Knex over mysql2. */
export const knex = knexOn(
  (url) => ({ client: "mysql2", connection: optionsOf(url) }),
  async (notes, note) => Number((await notes.insert(note))[0]),
);
