import { createTables } from "./create-tables.ts";
import { openDatabases } from "./databases.ts";
import { insertRows } from "./insert-rows.ts";
import { placeOrder } from "./place-order.ts";
import { printPools } from "./pool-table.ts";
import { heading, print } from "./print.ts";
import { startServers } from "./servers.ts";
import { showErrors } from "./show-errors.ts";
import { streamRows } from "./stream-rows.ts";
import { theShortWay } from "./the-short-way.ts";
import { useDaos } from "./use-daos.ts";

heading("The short way: two SQLite databases in memory");
await theShortWay();

heading("A PostgreSQL for orders and a SQLite file for audit, each by its label");
await using servers = await startServers();
await using databases = openDatabases(servers);
await createTables(databases);

heading("Inserts, by named parameters and by sql`...`");
await insertRows(databases);

heading("A transaction, with a savepoint that is rolled back");
await placeOrder(databases);

heading("DAOs: the same methods over each of them");
await useDaos(databases);

heading("Errors, as you would see them");
await showErrors(databases);

heading("A stream of 100 000 rows");
await streamRows(databases);

heading("The pools");
printPools(databases);

heading("Closing");
await databases.close();
const left = Object.values(databases.stats()).reduce((sum, { total }) => sum + total, 0);
print("closed", `${left} connections are left; the program ends by itself`);
