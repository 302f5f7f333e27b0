import { type ColumnType, DataSource, type DataSourceOptions, EntitySchema, MoreThan } from "typeorm";
import { chunks, type ServerContestant } from "./contestant.ts";
import type { Note, Person } from "./rows.ts";

const notes = new EntitySchema<Note & { readonly id?: number }>({
  name: "notes",
  columns: {
    id: { type: "bigint", primary: true, generated: "increment" },
    author: { type: "int" },
    title: { type: "text" },
    body: { type: "text" },
  },
});
const bulkNotes = new EntitySchema<Note>({
  name: "bulk_notes",
  columns: { author: { type: "int", primary: true }, title: { type: "text" }, body: { type: "text" } },
});

/** TypeORM over a driver. @param moment - the type of a column that holds one */
export function typeormOn(configure: (url: string) => DataSourceOptions, moment: ColumnType): ServerContestant {
  const people = new EntitySchema<Person>({
    name: "people",
    columns: {
      id: { type: Number, primary: true },
      name: { type: "text" },
      email: { type: "text" },
      age: { type: "int" },
      active: { type: "boolean" },
      created_at: { type: moment },
    },
  });
  return {
    name: "TypeORM",
    async open(url) {
      const source = new DataSource({ ...configure(url), entities: [people, notes, bulkNotes] } as DataSourceOptions);
      await source.initialize();
      const repository = source.getRepository(people);
      return {
        person: async (id) => (await repository.findOneBy({ id })) ?? undefined,
        thousand: (after) => repository.find({ where: { id: MoreThan(after) }, order: { id: "asc" }, take: 1000 }),
        insert: async (note) => {
          const { identifiers } = await source.getRepository(notes).insert(note);
          return Number(identifiers[0]?.["id"]);
        },
        inTransaction: (id) =>
          source.transaction(async (manager) => (await manager.findOneBy(people, { id })) ?? undefined),
        bulk: (rows) =>
          source.transaction(async (manager) => {
            for (const chunk of chunks(rows)) {
              await manager
                .createQueryBuilder()
                .insert()
                .into(bulkNotes)
                .values([...chunk])
                .updateEntity(false)
                .execute();
            }
          }),
        close: () => source.destroy(),
      };
    },
  };
}
