import { DaoBase, DatabaseManager, defineTable } from "@nsj/mdb-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { oracle } from "../src/index.ts";
import { testServer } from "./support/server.ts";

const server = testServer();
let databases: DatabaseManager<{ main: ReturnType<typeof oracle> }>;

beforeAll(() => {
  databases = new DatabaseManager({ main: oracle(server.options()) });
});
afterAll(() => databases.close());

interface Tick {
  readonly id: number;
  readonly made: Date;
}

describe("pages by keyset", () => {
  it.each(["timestamp(6)", "timestamp(6) with time zone", "timestamp(6) with local time zone", "timestamp(3)", "date"])(
    "neither repeat nor hide rows of one millisecond: %s",
    async (type) => {
      const main = databases.database("main");
      await main.execute(`create table page_ticks (id number(5), made ${type})`);
      const ticks = new DaoBase(defineTable<Tick>("page_ticks").primaryKey("id"), main);
      const digits = ["999", "000001", "0002", "000200", "0003", "1"];
      for (const [id, fraction] of digits.entries()) {
        await main.execute(
          `insert into page_ticks values (:id, cast(to_timestamp('2026-03-01 12:00:00.${fraction}', 'YYYY-MM-DD HH24:MI:SS.FF') as ${type}))`,
          { id },
        );
      }
      const everything = (await ticks.findAll({ orderBy: { made: "desc", id: "asc" } })).map(({ id }) => id);
      const walked: number[] = [];
      let after: string | undefined;
      do {
        const page = await ticks.pageAfter({ orderBy: { made: "desc" }, limit: 1, after });
        walked.push(...page.items.map(({ id }) => id));
        after = page.next;
        expect(walked.length).toBeLessThanOrEqual(digits.length);
      } while (after !== undefined);
      expect(walked).toEqual(everything);
      await main.execute("drop table page_ticks");
    },
  );
});
