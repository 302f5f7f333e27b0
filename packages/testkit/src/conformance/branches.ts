import type { Area } from "./area.ts";
import { branchFinishing } from "./branch-finishing.ts";
import { branchKeeping } from "./branch-keeping.ts";
import { branchPreparing } from "./branch-preparing.ts";
import { decidingCommit } from "./deciding-commit.ts";

/** Prepared transactions, and commits that have to be durable because they decide over such. */
export const branches: Area = {
  name: "branches",
  cases: [...branchKeeping, ...branchPreparing, ...branchFinishing, ...decidingCommit],
};
