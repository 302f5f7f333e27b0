import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "@nsj/mdb-wire-servers";

/** What the program needs around it: in an application these are your servers. */
export interface Servers extends AsyncDisposable {
  /** A real PostgreSQL, started for this run on a free port of this machine. */
  readonly ordersUrl: string;
  /** A file in a temporary folder. */
  readonly auditFile: string;
}

/** Starts the PostgreSQL and makes the folder; both are gone once the program ends. */
export async function startServers(): Promise<Servers> {
  // Tests need not keep what they write; what is here to be copied does.
  const postgres = await startPostgres(["fsync=on"]);
  const folder = await mkdtemp(join(tmpdir(), "mdb-quickstart-"));
  return {
    ordersUrl: postgres.url,
    auditFile: join(folder, "audit.db"),
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
      await postgres.stop();
    },
  };
}
