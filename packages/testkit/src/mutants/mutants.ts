import { branchingMutants } from "./branching.ts";
import { connectingMutants } from "./connecting.ts";
import { contextLeakingMutants } from "./context-leaking.ts";
import { deceivingMutants } from "./deceiving.ts";
import { dyingMutants } from "./dying.ts";
import { erringMutants } from "./erring.ts";
import { forgettingMutants } from "./forgetting.ts";
import { leakingMutants } from "./leaking.ts";
import { loadingMutants } from "./loading.ts";
import type { Mutant } from "./mutant.ts";
import { queryingMutants } from "./querying.ts";
import { sessionLeakingMutants } from "./session-leaking.ts";
import { streamingMutants } from "./streaming.ts";
import { transactingMutants } from "./transacting.ts";

/** Drivers with one bug each, all of which the conformance suite has to find. */
export const mutants: readonly Mutant[] = [
  ...connectingMutants,
  ...queryingMutants,
  ...dyingMutants,
  ...transactingMutants,
  ...branchingMutants,
  ...forgettingMutants,
  ...streamingMutants,
  ...loadingMutants,
  ...erringMutants,
  ...leakingMutants,
  ...sessionLeakingMutants,
  ...contextLeakingMutants,
  ...deceivingMutants,
];
