import type { DaoBench } from "./dao-bench.ts";

/** One question to the DAOs. Its expected values are the same on every engine. */
export interface DaoCase {
  readonly name: string;
  run(bench: DaoBench): Promise<void>;
}
