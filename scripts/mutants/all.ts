import { adapterMutants } from "./adapter-mutants.ts";
import { cliMutants } from "./cli-mutants.ts";
import { daoMutants } from "./dao-mutants.ts";
import { inMemoryMutants } from "./in-memory-mutants.ts";
import type { Mutant } from "./mutant.ts";
import { mysqlMutants } from "./mysql-mutants.ts";
import { outboxMutants } from "./outbox-mutants.ts";
import { poolMutants } from "./pool-mutants.ts";
import { sessionMutants } from "./session-mutants.ts";
import { spanningMutants } from "./spanning-mutants.ts";
import { tenantsMutants } from "./tenants-mutants.ts";
import { testingMutants } from "./testing-mutants.ts";
import { testkitMutants } from "./testkit-mutants.ts";
import { transactionMutants } from "./transaction-mutants.ts";
import { webMutants } from "./web-mutants.ts";

/** Every one-line fault that the tests are known to notice. */
export const mutants: readonly Mutant[] = [
  ...transactionMutants,
  ...spanningMutants,
  ...sessionMutants,
  ...poolMutants,
  ...inMemoryMutants,
  ...daoMutants,
  ...webMutants,
  ...outboxMutants,
  ...tenantsMutants,
  ...mysqlMutants,
  ...adapterMutants,
  ...testkitMutants,
  ...testingMutants,
  ...cliMutants,
];
