import { EntitySchema, MikroORM } from "@mikro-orm/mariadb";
import { chunks, type ServerContestant } from "../servers/contestant.ts";
import type { Note, Person } from "../servers/rows.ts";
import { optionsOf } from "./mysql2.ts";

const people = new EntitySchema<Person>({
  name: "people",
  tableName: "people",
  properties: {
    id: { type: "integer", primary: true },
    name: { type: "text" },
    email: { type: "text" },
    age: { type: "integer" },
    active: { type: "boolean" },
    created_at: { type: "datetime", fieldName: "created_at" },
  },
});
const note = { author: { type: "integer" }, title: { type: "text" }, body: { type: "text" } } as const;
const notes = new EntitySchema<Note & { readonly id?: number }>({
  name: "notes",
  tableName: "notes",
  properties: { id: { type: "integer", primary: true }, ...note },
});
const bulkNotes = new EntitySchema<Note>({
  name: "bulk_notes",
  tableName: "bulk_notes",
  properties: { ...note, author: { type: "integer", primary: true } },
});

/** MikroORM over mysql2, a fork of the entity manager for each operation, as for each request of a service. */
export const mikroOrm: ServerContestant = {
  name: "MikroORM",
  async open(url) {
    const { database: dbName, ...rest } = optionsOf(url);
    const orm = await MikroORM.init({
      ...rest,
      dbName,
      entities: [people, notes, bulkNotes],
      pool: { min: 0, max: 10 },
    });
    return {
      person: async (id) => (await orm.em.fork().findOne(people, { id })) ?? undefined,
      thousand: (after) => orm.em.fork().find(people, { id: { $gt: after } }, { orderBy: { id: "asc" }, limit: 1000 }),
      insert: async (row) => Number(await orm.em.fork().insert(notes, row)),
      inTransaction: (id) =>
        orm.em.fork().transactional(async (manager) => (await manager.findOne(people, { id })) ?? undefined),
      bulk: (rows) =>
        orm.em.fork().transactional(async (manager) => {
          for (const chunk of chunks(rows)) await manager.insertMany(bulkNotes, [...chunk]);
        }),
      close: () => orm.close(),
    };
  },
};
