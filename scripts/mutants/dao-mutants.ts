import type { Mutant } from "./mutant.ts";

const daoTest = "packages/adapter-sqlite/test/dao.test.ts";

/** Faults of data access objects. */
export const daoMutants: readonly Mutant[] = [
  {
    fault: "an entity is written as it is when its turn comes, and not as it was given",
    file: "packages/core/src/dao/as-called.ts",
    text: "if (!isPlainObject(given)) return given;",
    replacement: "if (isPlainObject(given)) return given;",
    noticedBy: [daoTest],
  },
  {
    fault: "keyset pages forget NULLs that sort last",
    file: "packages/core/src/dao/keyset.ts",
    text: "isKey || !nullsLast ? beyond",
    replacement: "true ? beyond",
    noticedBy: [daoTest],
  },
  {
    fault: "a cursor of another order is taken",
    file: "packages/core/src/dao/cursor.ts",
    text: "  if (made !== signature(order)) throw",
    replacement: "  if (made === undefined) throw",
    noticedBy: [daoTest],
  },
  {
    fault: "nothing equals the last moment that SQLite's calendar has",
    file: "packages/adapter-sqlite/src/dialect.ts",
    text: "coalesce(date($, '+2 days'), '~')",
    replacement: "date($, '+2 days')",
    noticedBy: [daoTest],
  },
];
