import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { DatabaseManager } from "@nsj/mdb-core";
import { crashPostgres, startPostgres, untilUp } from "@nsj/mdb-wire-servers";
import { expect, it } from "vitest";
import { examine, worrying } from "../support/examine.ts";

it("a PostgreSQL that has become a standby is found", async () => {
  const server = await startPostgres(["fsync=on", "max_prepared_transactions=10"]);
  try {
    const definition = () => postgres({ connectionString: server.url, pool: { max: 2 } });
    const folder = await (async () => {
      await using databases = new DatabaseManager({ it: definition() });
      await databases.database("it").execute("checkpoint");
      return await databases.database("it").queryScalar<string>("show data_directory");
    })();
    // It is looked for whenever the server recovers.
    await writeFile(join(folder, "standby.signal"), "");
    await crashPostgres(server.url);
    await untilUp(server.url);
    expect(worrying(await examine({ orders: definition() }))).toEqual(["warning standby"]);
  } finally {
    await server.stop();
  }
}, 60_000);
