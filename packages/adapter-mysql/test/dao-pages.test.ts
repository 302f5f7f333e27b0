import { DaoBase, DatabaseManager, defineDatabase, defineTable } from "@nsj/mdb-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { driver, serverOptions, withServer } from "./support/server.ts";

interface Ticket {
  readonly id: number;
  readonly state: string | null;
}

withServer(() => {
  let databases: DatabaseManager<{ main: ReturnType<typeof defineDatabase> }>;
  beforeAll(() => {
    databases = new DatabaseManager({ main: defineDatabase(driver, serverOptions()) });
  });
  afterAll(() => databases.close());

  describe("pages by keyset", () => {
    it.each([
      ["enum('open', 'closed', 'archived')", ["closed", "open", null, "archived", "open", "closed"]],
      ["set('x', 'm', 'a')", ["x,a", "m", "", null, "x,m,a", "a", "x"]],
    ])("walk each row once in the order that the server has for them: %s", async (type, states) => {
      const main = databases.database("main");
      await main.execute(`create table page_tickets (id int primary key, state ${type})`);
      try {
        const tickets = new DaoBase(defineTable<Ticket>("page_tickets").primaryKey("id"), main);
        await tickets.insertMany(states.map((state, id) => ({ id, state })));
        for (const direction of ["asc", "desc"] as const) {
          const everything = await tickets.findAll({ orderBy: { state: direction, id: "asc" } });
          const walked: Ticket[] = [];
          let after: string | undefined;
          do {
            const page = await tickets.pageAfter({ orderBy: { state: direction }, limit: 2, after });
            walked.push(...page.items);
            after = page.next;
            expect(walked.length).toBeLessThanOrEqual(states.length);
          } while (after !== undefined);
          expect(walked).toEqual(everything);
        }
      } finally {
        await main.execute("drop table page_tickets");
      }
    });
  });
});
