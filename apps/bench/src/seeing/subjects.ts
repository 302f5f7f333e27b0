import { createRequire } from "node:module";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { DatabaseManager } from "@nsj/mdb-core";
import { instrument } from "@nsj/mdb-opentelemetry";
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { KnexInstrumentation } from "@opentelemetry/instrumentation-knex";
import { PgInstrumentation } from "@opentelemetry/instrumentation-pg";
import { expectThat } from "../measure/expect.ts";
import { selectPerson } from "../postgres/tables.ts";
import type { Providers } from "./watching.ts";

/** A library that asks for one row by its key, watched by its own instrumentation where there is somebody to tell. */
export interface Subject {
  person(id: number): Promise<void>;
  close(): Promise<unknown>;
}

/** Who is measured. Instrumentations of drivers patch what is loaded after them, so each subject has a process of its own. */
export const subjects: Readonly<Record<string, (providers: Providers | undefined, url: string) => Promise<Subject>>> = {
  async sqlite(providers) {
    const databases = new DatabaseManager({ bench: sqlite({ filename: ":memory:" }) });
    const database = databases.database("bench");
    await database.execute("create table people (id integer primary key, name text not null)");
    await database.bulkInsert(
      "people",
      ["id", "name"],
      Array.from({ length: 1_000 }, (_, index) => [index + 1, `person ${index + 1}`]),
    );
    if (providers !== undefined) watch(databases, providers);
    return {
      async person(id) {
        const { name } = await database.queryOne<{ name: string }>("select id, name from people where id = ?", [id]);
        expectThat(name === `person ${id}`, `person ${id}`);
      },
      close: () => databases.close(),
    };
  },
  async "@nsj/mdb"(providers, url) {
    const databases = new DatabaseManager({ bench: postgres({ connectionString: url }) });
    const database = databases.database("bench");
    if (providers !== undefined) watch(databases, providers);
    return {
      person: async (id) => expectPerson(await database.queryOne(selectPerson, [id]), id),
      close: () => databases.close(),
    };
  },
  async pg(providers, url) {
    if (providers !== undefined) register([new PgInstrumentation()], providers);
    const { Pool } = createRequire(import.meta.url)("pg") as typeof import("pg");
    const pool = new Pool({ connectionString: url });
    return {
      person: async (id) => expectPerson((await pool.query(selectPerson, [id])).rows[0], id),
      close: () => pool.end(),
    };
  },
  async knex(providers, url) {
    if (providers !== undefined) register([new PgInstrumentation(), new KnexInstrumentation()], providers);
    const { knex } = createRequire(import.meta.url)("knex") as typeof import("knex");
    const database = knex({ client: "pg", connection: url });
    return {
      async person(id) {
        const people = database("people").select("id", "name", "email", "age", "active", "created_at");
        expectPerson(await people.where({ id }).first(), id);
      },
      close: () => database.destroy(),
    };
  },
};

function watch(databases: DatabaseManager, { tracerProvider, meterProvider, leaseTimes }: Providers): void {
  instrument(databases, {
    leaseTimes,
    spans: tracerProvider !== undefined,
    metrics: meterProvider !== undefined,
    ...(tracerProvider !== undefined && { tracerProvider }),
    ...(meterProvider !== undefined && { meterProvider }),
  });
}

function register(
  instrumentations: (PgInstrumentation | KnexInstrumentation)[],
  { tracerProvider, meterProvider }: Providers,
): void {
  registerInstrumentations({
    instrumentations,
    ...(tracerProvider !== undefined && { tracerProvider }),
    ...(meterProvider !== undefined && { meterProvider }),
  });
}

function expectPerson(person: unknown, id: number): void {
  expectThat((person as { id?: unknown } | undefined)?.id === id, `person ${id}`);
}
