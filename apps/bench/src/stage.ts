import { type RunningPostgres, startPostgres } from "@nsj/mdb-wire-servers";
import type { Effort, Stage } from "./measure/scenario.ts";
import { createTables } from "./postgres/tables.ts";

/** What scenarios run on, with a PostgreSQL that is started when somebody asks for it. */
export class BenchStage implements Stage {
  readonly effort: Effort;
  readonly report: (progress: string) => void;
  #server: Promise<RunningPostgres> | undefined;
  #url: Promise<string> | undefined;

  constructor(effort: Effort, report: (progress: string) => void) {
    this.effort = effort;
    this.report = report;
  }

  postgresUrl(): Promise<string> {
    this.#url ??= this.#start();
    return this.#url;
  }

  async #start(): Promise<string> {
    this.report("starting PostgreSQL");
    this.#server = startPostgres(["max_connections=300"]);
    const { url } = await this.#server;
    await createTables(url);
    return url;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#server)?.stop();
  }
}
