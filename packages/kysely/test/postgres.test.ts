import { postgres } from "@nsj/mdb-adapter-postgres";
import { inject } from "vitest";
import { kyselySuite } from "./support/suite.ts";

kyselySuite({
  name: "PostgreSQL",
  definition: () => postgres({ connectionString: inject("postgresUrl"), pool: { max: 5 } }),
  remember: "create temporary table kysely_mark (n integer)",
  recall: "select n from kysely_mark",
});
