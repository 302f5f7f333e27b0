import assert from "node:assert/strict";
import type { CallParameter, DriverConnection, ResultSet } from "@nsj/mdb-core";
import type { Area } from "./area.ts";
import type { Bench } from "./bench.ts";
import { capability, type Need, snippet } from "./need.ts";
import { soon } from "./wait.ts";

const needs: readonly Need[] = [capability("procedures"), snippet("procedure")];

export const procedures: Area = {
  name: "procedures",
  cases: [
    {
      name: "gives back out and in-out parameters by name",
      needs,
      async run(bench) {
        const { connection, call, ids } = await procedure(bench);
        const result = await call(3, 4);
        assert.deepEqual(outOf(result), { b: "8", total: "7" });
        assert.deepEqual(await ids(), ["3"]);
        await bench.works(connection);
      },
    },
    {
      name: "finds parameters by name, in whatever order they come",
      needs,
      async run(bench) {
        const { connection, name } = await procedure(bench);
        const parameters = parametersOf(bench, 5, 6).toReversed();
        const result = await connection.call?.({ procedure: [bench.stored(name)], parameters }, soon());
        assert.deepEqual(outOf(result), { b: "12", total: "11" });
      },
    },
    {
      name: "runs in the open transaction",
      needs,
      async run(bench) {
        const { connection, call, ids } = await procedure(bench);
        await connection.begin({});
        await call(1, 1);
        assert.equal(connection.txStatus, "active");
        await connection.rollback();
        assert.deepEqual(await ids(), []);
        await connection.begin({});
        await call(2, 2);
        await connection.commit();
        assert.deepEqual(await ids(), ["2"]);
      },
    },
    {
      name: "fails with the error of the statement inside",
      needs,
      async run(bench) {
        const { connection, call, ids } = await procedure(bench);
        await call(1, 1);
        await bench.failingWith("unique", () => call(1, 1));
        await bench.works(connection);
        assert.deepEqual(await ids(), ["1"]);
      },
    },
    {
      name: "says that a procedure does not exist",
      needs,
      async run(bench) {
        const connection = await bench.connect();
        const missing = { procedure: [bench.stored(bench.name())], parameters: parametersOf(bench, 1, 2) };
        await bench.failingWith("undefined-object", () => connection.call?.(missing, soon()));
        await bench.works(connection);
      },
    },
  ],
};

async function procedure(bench: Bench): Promise<{
  readonly connection: DriverConnection;
  readonly name: string;
  readonly call: (a: number, b: number) => Promise<ResultSet | undefined>;
  readonly ids: () => Promise<string[]>;
}> {
  const connection = await bench.connect();
  const { integer } = bench.subject.types;
  const table = await bench.table(connection, `id ${integer} primary key`);
  const name = bench.name();
  const sql = bench.subject.sql.procedure ?? { create: () => [], drop: () => [] };
  for (const text of sql.create(name, table)) await connection.query({ text, values: [] }, soon());
  bench.dropLater(...sql.drop(name));
  return {
    connection,
    name,
    call: async (a, b) =>
      connection.call?.({ procedure: [bench.stored(name)], parameters: parametersOf(bench, a, b) }, soon()),
    ids: () => bench.texts(connection, `select id from ${table} order by id`),
  };
}

function parametersOf(bench: Bench, a: number, b: number): readonly CallParameter[] {
  const { integer } = bench.subject.types;
  return [
    { name: "a", value: a },
    { name: "b", value: b, direction: "inout", type: integer },
    { name: "total", value: null, direction: "out", type: integer },
  ];
}

function outOf(result: ResultSet | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(result?.out ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}
