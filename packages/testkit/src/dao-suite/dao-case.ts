import type { DaoBench } from "./dao-bench.ts";

/** One question to the DAOs. Its expected values are the same on every engine. */
export interface DaoCase {
  readonly name: string;
  /** Why it cannot be asked here; `undefined` where it can. */
  skip?(bench: DaoBench): string | undefined;
  run(bench: DaoBench): Promise<void>;
}
