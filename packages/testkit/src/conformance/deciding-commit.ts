import assert from "node:assert/strict";
import type { Case } from "./area.ts";
import { connections, snippet } from "./need.ts";

/** The commit that decides over prepared branches. */
export const decidingCommit: readonly Case[] = [
  {
    name: "makes the commit that decides durable, whatever the session allows, and only that one",
    needs: [snippet("durability"), connections(2)],
    async run(bench) {
      const connection = await bench.connect();
      const { relax, ask, durable } = bench.subject.sql.durability ?? { relax: "", ask: "", durable: [] };
      const table = await bench.table(connection, `id ${bench.subject.types.integer}`);
      await bench.run(connection, relax);
      for (const decides of [true, false, true]) {
        await connection.begin({ decides });
        await bench.run(connection, `insert into ${table} (id) values (1)`);
        const [answer] = await bench.texts(connection, ask);
        assert.equal(durable.includes(String(answer)), decides, `decides: ${decides}, ${answer}`);
        await connection.commit();
      }
    },
  },
];
