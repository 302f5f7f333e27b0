import type { Bench } from "./bench.ts";
import type { Need } from "./need.ts";

/** One question that the suite asks. */
export interface Case {
  /** A sentence that is true of every driver that passes. */
  readonly name: string;
  /** What the subject must declare or supply; the first that is missing is the reason of the skip. */
  readonly needs?: readonly Need[];
  /** What it asks that some vendor's documents do not promise, in a sentence; told when it fails, for a server that is as documented may fail it. */
  readonly undocumented?: string;
  /** How often it may take the time of other cases. Default 1. */
  readonly timeoutFactor?: number;
  /** Throws when the driver answers wrongly. */
  run(bench: Bench): Promise<void>;
}

/** Cases that belong together. */
export interface Area {
  readonly name: string;
  readonly cases: readonly Case[];
}
