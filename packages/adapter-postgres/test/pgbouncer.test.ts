import { type Database, DatabaseManager, StatementTimeoutError, sql } from "@nsj/mdb-core";
import { daoSuite } from "@nsj/mdb-testkit";
import { pgbouncer, type RunningPgbouncer, startPgbouncer } from "@nsj/mdb-wire-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PostgresOptions, postgres } from "../src/index.ts";
import { asAdmin, server, serverOptions } from "./support/server.ts";
import { postgresSubject } from "./support/subject.ts";

if (pgbouncer === undefined) {
  it("works behind PgBouncer", (context) => context.skip("there is no pgbouncer on this machine"));
} else {
  behind(pgbouncer);
}

function behind(path: string): void {
  const serverConnections = 3;
  let pooler: RunningPgbouncer;
  beforeAll(async () => {
    pooler = await startPgbouncer(path, server.url, serverConnections);
  });
  afterAll(() => pooler.stop());

  const options = (more: PostgresOptions = {}): PostgresOptions =>
    serverOptions({ port: pooler.port, sslmode: "disable", preparedStatements: false, ...more });

  describe("behind PgBouncer in transaction mode", () => {
    daoSuite(
      { describe, it, before: beforeAll, after: afterAll },
      { ...postgresSubject(), options: () => options(), url: () => `postgresql://127.0.0.1:${pooler.port}` },
    );

    it("keeps 200 concurrent transactions apart on three connections of the server", async () => {
      await withDatabase(options(), async (database) => {
        await asAdmin("create table bounced (id integer primary key, seen integer)");
        try {
          const work = Array.from({ length: 200 }, (_, id) =>
            database.transaction(async (tx) => {
              await tx.execute(sql`insert into bounced (id) values (${id})`);
              await tx.execute(sql`update bounced set seen = pg_backend_pid() where id = ${id}`);
              if (id % 10 === 0) throw new Error("given up");
              return tx.queryScalar<number>(
                sql`select count(*) from bounced where id = ${id} and seen = pg_backend_pid()`,
              );
            }),
          );
          const outcomes = await Promise.allSettled(work);
          expect(outcomes.filter(({ status }) => status === "rejected")).toHaveLength(20);
          expect(outcomes.flatMap((it) => (it.status === "fulfilled" ? [it.value] : []))).toEqual(Array(180).fill(1));
          const { rows } = await asAdmin("select count(*), count(distinct seen) as backends from bounced");
          expect(rows).toEqual([{ count: "180", backends: expect.stringMatching(/^[1-3]$/) }]);
        } finally {
          await asAdmin("drop table bounced");
        }
      });
    });

    it("runs every statement in its schema, whichever connection it gets", async () => {
      await asAdmin("create schema bounced_schema");
      try {
        await withDatabase(options({ schema: "bounced_schema" }), async (database) => {
          await withDatabase(options(), async (other) => {
            const seen = await Promise.all(
              Array.from({ length: 60 }, (_, n) =>
                (n % 2 === 0 ? database : other).queryScalar<string>("select current_schema()"),
              ),
            );
            expect(seen).toEqual(Array.from({ length: 60 }, (_, n) => (n % 2 === 0 ? "bounced_schema" : "public")));
          });
        });
      } finally {
        await asAdmin("drop schema bounced_schema");
      }
    });

    it("stops a statement on the server through the pooler, and no other one", async () => {
      await withDatabase(options(), async (database) => {
        // The statement's time is not for logging in.
        await database.connect();
        const slow = database.query("select pg_sleep(60), 4713 as bounced", [], { timeoutMs: 100 });
        const others = Array.from({ length: 20 }, (_, n) => database.queryScalar<number>(sql`select ${n}::integer`));
        await expect(slow).rejects.toThrow(StatementTimeoutError);
        expect(await Promise.all(others)).toEqual(Array.from({ length: 20 }, (_, n) => n));
        const { rows } = await asAdmin(
          "select count(*)::integer as running from pg_stat_activity where query like '%4713 as bounced' and state = 'active'",
        );
        expect(rows).toEqual([{ running: 0 }]);
      });
    });

    it("streams, and loads in bulk", async () => {
      await withDatabase(options(), async (database) => {
        await database.execute("create table bounced_rows (id integer, word text)");
        try {
          const rows = Array.from({ length: 5_000 }, (_, id) => [id, `word ${id}`]);
          await database.bulkInsert("bounced_rows", ["id", "word"], rows);
          let sum = 0;
          for await (const row of database.stream<{ id: number }>("select id, word from bounced_rows")) sum += row.id;
          expect(sum).toBe((5_000 * 4_999) / 2);
        } finally {
          await database.execute("drop table bounced_rows");
        }
      });
    });
  });
}

async function withDatabase(options: PostgresOptions, work: (database: Database) => Promise<void>): Promise<void> {
  const databases = new DatabaseManager({ bounced: postgres({ ...options, pool: { max: 20 } }) });
  try {
    await work(databases.database("bounced"));
  } finally {
    await databases.close();
  }
}
