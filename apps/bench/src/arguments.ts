import { parseArgs } from "node:util";
import type { Effort } from "./measure/effort.ts";

/** What the command line asks for. */
export interface Wishes {
  readonly effort: Effort;
  /** Parts of the names of the scenarios; empty for all of them. */
  readonly only: readonly string[];
  /** The contestant whose profile is asked for instead of figures. */
  readonly profile: string | undefined;
  readonly help: boolean;
}

export const usage = `pnpm bench [--quick] [--only <part of a name>]... [--profile <contestant>]

  --quick        all of it in less than a minute; too short to judge by
  --only <part>  only scenarios whose name holds this: pool, postgres, sqlite/one-row, ...
  --profile <it> no figures, but where the processor time of this contestant goes, function by function
  --help         this text

A run of everything is written to apps/bench/results; any other one to apps/bench/results/partial.`;

/** @throws TypeError for what it does not know */
export function readArguments(argv: readonly string[]): Wishes {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string", multiple: true, default: [] },
      profile: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  return {
    effort: values.quick
      ? { quick: true, rounds: 3, blockMs: 15, warmUpMs: 50, warmUpOperations: 0 }
      : { quick: false, rounds: 15, blockMs: 80, warmUpMs: 500, warmUpOperations: 10_000 },
    only: values.only.flatMap((part) => part.split(",")),
    profile: values.profile,
    help: values.help,
  };
}
