import { mysqlNeeded, startMysql, startPostgres } from "@nsj/mdb-wire-servers";
import { createTables as createMariadbTables } from "./mariadb/tables.ts";
import type { Effort } from "./measure/effort.ts";
import { Missing } from "./measure/missing.ts";
import type { ServerName, Stage } from "./measure/scenario.ts";
import { createTables as createPostgresTables } from "./postgres/tables.ts";

interface Running {
  readonly url: string;
  stop(): Promise<void>;
}

/** What scenarios run on, with servers that are started when somebody asks for them. */
export class BenchStage implements Stage {
  readonly effort: Effort;
  readonly report: (progress: string) => void;
  readonly #running: Running[] = [];
  readonly #urls = new Map<ServerName, Promise<string>>();

  constructor(effort: Effort, report: (progress: string) => void) {
    this.effort = effort;
    this.report = report;
  }

  url(server: ServerName): Promise<string> {
    const known = this.#urls.get(server) ?? (server === "postgres" ? this.#postgres() : this.#mariadb());
    this.#urls.set(server, known);
    return known;
  }

  async #postgres(): Promise<string> {
    this.report("starting PostgreSQL");
    const server = await startPostgres(["max_connections=300"]);
    this.#running.push(server);
    await createPostgresTables(server.url);
    return server.url;
  }

  async #mariadb(): Promise<string> {
    this.report("starting MariaDB");
    const server = await startMysql();
    if (server === undefined) throw new Missing(mysqlNeeded);
    this.#running.push(server);
    if (server.flavor !== "mariadb") throw new Missing("the server on this machine is MySQL, not MariaDB");
    await createMariadbTables(server.url);
    return server.url;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#running) await server.stop();
  }
}
