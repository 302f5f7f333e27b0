import { randomBytes } from "node:crypto";
import pg from "pg";
import { server } from "./server.ts";

/** pg itself, in another database of the run's server. */
export async function clientOf(database: string): Promise<pg.Client> {
  const { host, port, user, password } = server;
  const client = new pg.Client({ host, port, user, password, database });
  await client.connect();
  return client;
}

/** Leaves a branch as a coordinator does that dies after it has prepared. Gives its identifier. */
export async function plant(database: string, store: string, text: string): Promise<string> {
  const identifier = `mdb1:${store}:${randomBytes(11).toString("hex")}:2`;
  const client = await clientOf(database);
  await client.query("begin");
  await client.query(text);
  await client.query(`prepare transaction '${identifier}'`);
  await client.end();
  return identifier;
}
