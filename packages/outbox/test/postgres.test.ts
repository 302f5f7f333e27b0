import { postgres } from "@nsj/mdb-adapter-postgres";
import { inject } from "vitest";
import { outboxSuite } from "./outbox-suite.ts";

outboxSuite("PostgreSQL", () => postgres({ connectionString: inject("postgresUrl") }));
