import { once } from "node:events";
import { createRequire } from "node:module";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { DatabaseManager } from "@nsj/mdb-core";
import { PgInstrumentation } from "@opentelemetry/instrumentation-pg";
import { expect, inject, it } from "vitest";
import { instrument } from "../src/index.ts";

it("warns once where the driver is instrumented as well", async () => {
  const pgInstrumentation = new PgInstrumentation();
  // As an application would that loads its driver after its instrumentations.
  createRequire(createRequire(import.meta.url).resolve("@nsj/mdb-adapter-postgres/package.json"))("pg");
  const warnings: Error[] = [];
  const listen = (warning: Error): void => void warnings.push(warning);
  process.on("warning", listen);
  const warned = once(process, "warning");
  const databases = new DatabaseManager({ orders: postgres({ connectionString: inject("postgresUrl") }) });
  const watching = instrument(databases, { metrics: false });
  await databases.database("orders").query("select 1");
  await warned;
  await databases.database("orders").query("select 2");
  watching.stop();
  await databases.close();
  pgInstrumentation.disable();
  process.off("warning", listen);
  expect(warnings).toEqual([
    expect.objectContaining({
      code: "MDB_INSTRUMENTED_TWICE",
      message: expect.stringContaining("@opentelemetry/instrumentation-pg"),
    }),
  ]);
});
