import { checkSubject } from "../conformance/check-subject.ts";
import type { TestRunner } from "../conformance/runner.ts";
import type { Subject } from "../conformance/subject.ts";
import { byteKeyCases } from "./byte-key-cases.ts";
import { checkedWriteCases } from "./checked-write-cases.ts";
import { columnCases } from "./column-cases.ts";
import { columnValueCases } from "./column-value-cases.ts";
import { concurrencyCases } from "./concurrency-cases.ts";
import { DaoBench } from "./dao-bench.ts";
import { filterCases } from "./filter-cases.ts";
import { givenObjectCases } from "./given-object-cases.ts";
import { hostileCases } from "./hostile-cases.ts";
import { keptValueCases } from "./kept-value-cases.ts";
import { momentCases } from "./moment-cases.ts";
import { optionCases } from "./option-cases.ts";
import { otherKindCases } from "./other-kind-cases.ts";
import { pagingCases } from "./paging-cases.ts";
import { randomFilterCases } from "./random-filter-cases.ts";
import { sameTextCases } from "./same-text-cases.ts";
import { transactionCases } from "./transaction-cases.ts";
import { upsertCases } from "./upsert-cases.ts";
import { writeCases } from "./write-cases.ts";

const groups = {
  writing: [...writeCases, ...givenObjectCases, ...checkedWriteCases, ...upsertCases, ...columnCases],
  filters: [...filterCases, ...randomFilterCases],
  "values that were read": [...keptValueCases, ...momentCases],
  "values in other forms": [...sameTextCases, ...byteKeyCases, ...otherKindCases, ...columnValueCases],
  paging: pagingCases,
  options: optionCases,
  concurrency: concurrencyCases,
  "hostile names and values": hostileCases,
  transactions: transactionCases,
};

/**
 * Registers the DAO suite for a driver on any test runner: what `DaoBase` and `TransactionalDao` promise, with the same expected values
 * on every engine. Takes the same subject as `conformance`; `subject.sql.identityKey` must be there.
 *
 * @throws TypeError at once for a subject that lacks or misspells a member
 */
export function daoSuite<Options extends object>(runner: TestRunner, subject: Subject<Options>): void {
  checkSubject(subject);
  if (subject.sql.identityKey === undefined) throw new TypeError("daoSuite: subject.sql.identityKey is missing");
  const timeout = subject.timeoutMs ?? 60_000;
  runner.describe(`DAOs on ${subject.driver.name}`, () => {
    let bench: DaoBench | undefined;
    runner.before(async () => {
      bench = new DaoBench(subject as unknown as Subject);
      await bench.create();
    });
    runner.after(async () => bench?.dispose());
    for (const [name, cases] of Object.entries(groups)) {
      runner.describe(name, () => {
        for (const item of cases) {
          runner.it(item.name, { timeout }, async (context) => {
            if (bench === undefined) throw new Error("the tables are not there");
            const reason = item.skip?.(bench);
            if (reason !== undefined) {
              context.skip(reason);
              return;
            }
            await bench.clear();
            await item.run(bench);
          });
        }
      });
    }
  });
}
