import assert from "node:assert/strict";
import { inspect } from "node:util";
import { type ErrorKind, translateError } from "@nsj/mdb-core";
import type { Area, Case } from "./area.ts";
import type { Bench, Failed } from "./bench.ts";
import { connections, failure, type Need, snippet, strictTypes, supplied } from "./need.ts";

/** A value that no message may show. */
const sentinel = "xyzzy-plugh-4711";

export const errors: Area = {
  name: "errors",
  cases: [
    statementFails("unique", async (bench) => {
      const connection = await bench.connect();
      const table = await bench.table(connection, `id ${bench.subject.types.integer} primary key`);
      const text = `insert into ${table} (id) values (?)`;
      await bench.run(connection, text, 4711);
      return [await bench.failing(() => bench.run(connection, text, 4711)), table];
    }),
    statementFails("foreign-key", async (bench) => {
      const connection = await bench.connect();
      const { integer } = bench.subject.types;
      const parent = await bench.table(connection, `id ${integer} primary key`);
      const child = await bench.table(connection, `id ${integer}, parent ${integer} references ${parent} (id)`);
      return [
        await bench.failing(() => bench.run(connection, `insert into ${child} (id, parent) values (1, ?)`, 4711)),
        child,
      ];
    }),
    statementFails("not-null", async (bench) => {
      const connection = await bench.connect();
      const table = await bench.table(connection, `id ${bench.subject.types.integer} not null`);
      return [await bench.failing(() => bench.run(connection, `insert into ${table} (id) values (?)`, null)), table];
    }),
    statementFails("check", async (bench) => {
      const connection = await bench.connect();
      const table = await bench.table(connection, `id ${bench.subject.types.integer} check (id > 0)`);
      return [await bench.failing(() => bench.run(connection, `insert into ${table} (id) values (?)`, -4711)), table];
    }),
    statementFails(
      "value",
      async (bench) => {
        const connection = await bench.connect();
        const table = await bench.table(connection, `id ${bench.subject.types.integer}`);
        return [
          await bench.failing(() => bench.run(connection, `insert into ${table} (id) values ('${sentinel}')`)),
          table,
        ];
      },
      strictTypes,
    ),
    {
      name: "syntax: a text that cannot be parsed",
      async run(bench) {
        const connection = await bench.connect();
        for (const text of ["selec 1", "select from where", "insert into"]) {
          const failed = await bench.failingWith(["syntax", "undefined-object"], () => bench.run(connection, text));
          checkFacts(failed);
        }
        // With a value behind it, the misspelt word alone would call a procedure of that name in SQL Server.
        const { info } = await bench.failingWith("syntax", () => bench.run(connection, "selec 1 from"));
        assert.equal(info.connection, "ok");
        await bench.works(connection);
      },
    },
    {
      name: "undefined-object: a table and a column that do not exist",
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `id ${bench.subject.types.integer}`);
        for (const text of [`select id from ${bench.name()}`, `select no_such_column from ${table}`]) {
          const failed = await bench.failingWith("undefined-object", () => bench.run(connection, text));
          checkFacts(failed);
          assert.equal(failed.info.connection, "ok");
        }
        await bench.works(connection);
      },
    },
    {
      name: "lock-timeout: a lock that was not granted in time",
      needs: [snippet("lockTimeout"), connections(2)],
      async run(bench) {
        const holder = await bench.connect();
        const { integer } = bench.subject.types;
        const table = await bench.table(holder, `id ${integer}, n ${integer}`);
        await bench.run(holder, `insert into ${table} (id, n) values (1, 0)`);
        await holder.begin({});
        await bench.run(holder, `update ${table} set n = 1`);
        const waiter = await bench.connect();
        await bench.run(waiter, bench.subject.sql.lockTimeout?.(100) ?? "");
        const { info } = await bench.failingWith("lock-timeout", () => bench.run(waiter, `update ${table} set n = 2`));
        assert.equal(info.connection, "ok");
        assert.notEqual(info.executed, "no");
        await holder.rollback();
        await bench.works(waiter);
      },
    },
    {
      name: "statement-timeout: a statement that the server stopped",
      needs: [snippet("statementTimeout"), snippet("sleep")],
      async run(bench) {
        const connection = await bench.connect();
        await bench.run(connection, bench.subject.sql.statementTimeout?.(100) ?? "");
        const { info } = await bench.failingWith("statement-timeout", () =>
          bench.run(connection, bench.subject.sql.sleep?.(30_000) ?? ""),
        );
        assert.notEqual(info.executed, "no");
        await bench.worksOrSaysSo(connection);
      },
    },
    ...(
      [
        "too-many-connections",
        "value",
        "serialization",
        "lock-timeout",
        "permission",
        "resource",
        "unsupported",
        "parameter",
        "other",
      ] as const
    ).map(failsAsDeclared),
    {
      name: "lost: an error behind which the server hangs up leaves no connection that calls itself usable",
      needs: [snippet("hangUp")],
      async run(bench) {
        const connection = await bench.connect();
        const { info } = await bench.failing(() => bench.run(connection, bench.subject.sql.hangUp ?? ""));
        if (!connection.usable) assert.equal(info.connection, "dead");
        else await bench.works(connection);
      },
    },
    {
      name: "lost: a connection that died is dead by every account",
      needs: [supplied("admin")],
      async run(bench) {
        const connection = await bench.connect();
        const admin = await bench.admin();
        await admin.kill(await admin.identify(connection));
        for (let round = 0; round < 3; round++) {
          const { info } = await bench.failing(async () => {
            for (;;) await bench.run(connection, bench.select("1"));
          });
          assert.equal(info.connection, "dead");
          assert.equal(connection.usable, false);
          if (round > 0) assert.equal(info.kind, "lost");
        }
      },
    },
    {
      name: "counts the place of an error in UTF-16 code units, from 1",
      async run(bench) {
        const connection = await bench.connect();
        const text = bench.select("'\u{1f600}\u{1f600}ä' as a, no_such_column_here");
        const { info } = await bench.failingWith(["undefined-object", "syntax"], () => bench.run(connection, text));
        if (info.position === undefined) return;
        assert.ok(text.slice(info.position - 1).startsWith("no_such_column_here"), `position ${info.position}`);
      },
    },
    {
      name: "shows no value in the messages that users see",
      async run(bench) {
        const connection = await bench.connect();
        const { integer, text } = bench.subject.types;
        const table = await bench.table(
          connection,
          `id ${integer} primary key, body ${text} not null, n ${integer} check (n > 0)`,
        );
        const insert = `insert into ${table} (id, body, n) values (?, ?, ?)`;
        await bench.run(connection, insert, 1, sentinel, 1);
        const failures = [
          await bench.failing(() => bench.run(connection, insert, 1, sentinel, 1)),
          await bench.failing(() => bench.run(connection, insert, 2, sentinel, -1)),
          await bench.failing(() =>
            bench.run(connection, `insert into ${table} (id, body, n) values (3, null, 1) /* ${sentinel} */`),
          ),
          await bench.failing(() =>
            bench.run(connection, `insert into ${table} (id, nope) values (?, ?)`, 3, sentinel),
          ),
        ];
        if (bench.subject.traits?.strictTypes !== false) {
          failures.push(await bench.failing(() => bench.run(connection, insert, sentinel, "", 1)));
        }
        for (const { error, info } of failures) {
          const place = { database: "main", engine: bench.driver.name, target: bench.connector.target };
          const { message } = translateError(error, info, place);
          assert.ok(!message.includes(sentinel), `${info.kind}: ${message}`);
          assert.ok(!inspect(info).includes(sentinel), `${info.kind}: classify() keeps no value`);
        }
      },
    },
    {
      name: "keeps dead and usable in step after every failure",
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `id ${bench.subject.types.integer} primary key`);
        await bench.run(connection, `insert into ${table} (id) values (1)`);
        for (const text of ["selec 1", `insert into ${table} (id) values (1)`, "select x from no_such_table_here"]) {
          for (const inside of [false, true]) {
            if (inside) await connection.begin({});
            const { info } = await bench.failing(() => bench.run(connection, text));
            assert.equal(info.connection === "dead", !connection.usable, text);
            assert.notEqual(info.executed, "no", "a statement that the server parsed is not one that it never saw");
            if (inside) await connection.rollback();
          }
        }
      },
    },
  ],
};

/** An error of a statement: the kind, the facts where the engine tells them, and a connection that goes on. */
function statementFails(
  kind: ErrorKind,
  provoke: (bench: Bench) => Promise<readonly [failed: Failed, table: string]>,
  ...needs: readonly Need[]
): Case {
  return {
    name: `${kind}: a row that the table refuses`,
    needs,
    async run(bench) {
      const [failed, table] = await provoke(bench);
      const { info } = failed;
      assert.equal(info.kind, kind, String(failed.error));
      assert.equal(info.connection, "ok");
      assert.equal(info.retry, "never", "the same row would be refused again");
      assert.notEqual(info.executed, "no");
      if (info.table !== undefined) assert.equal(info.table.toLowerCase(), table);
      checkFacts(failed);
    },
  };
}

/** Only the subject knows how to fail like this. */
function failsAsDeclared(kind: ErrorKind): Case {
  return {
    name: `${kind}: as the subject brings it about`,
    needs: [failure(kind)],
    async run(bench) {
      const declared = bench.subject.sql.failures?.[kind];
      const failed = await bench.failingWith(kind, async () => {
        if (typeof declared === "function") {
          const given = await bench.within(declared(bench), `sql.failures.${kind}`);
          throw given;
        }
        const connection = await bench.connect();
        const texts = declared ?? [];
        for (const text of texts.slice(0, -1)) await bench.run(connection, text);
        await connection.query({ text: texts.at(-1) ?? "", values: [] }, { deadline: Number.POSITIVE_INFINITY });
      });
      if (kind === "deadlock" || kind === "serialization") assert.equal(failed.info.retry, "transaction");
      checkFacts(failed);
    },
  };
}

/** What every classification has to be like. */
function checkFacts({ info }: Failed): void {
  if (info.sqlState !== undefined) assert.match(info.sqlState, /^[0-9A-Z]{5}$/);
  if (info.position !== undefined) assert.ok(info.position >= 1);
  if (info.columns !== undefined) assert.ok(info.columns.every((it) => typeof it === "string"));
}
