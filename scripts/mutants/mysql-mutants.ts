import type { Mutant } from "./mutant.ts";

const source = "packages/adapter-mysql/src";
const tests = "packages/adapter-mysql/test";

/** Faults of the adapter of MySQL and MariaDB. */
export const mysqlMutants: readonly Mutant[] = [
  {
    fault: "pages over an ENUM go on behind the word, and not behind its number",
    file: `${source}/dialect.ts`,
    text: "exactPlaces: Object.freeze({ enum: numbered, set: numbered }),",
    replacement: "",
    noticedBy: [`${tests}/dao-pages.test.ts`],
  },
  {
    fault: "a number finds every text that the server takes for that number",
    file: `${source}/values.ts`,
    text: 'if (type === "text" && typeof value !== "object")',
    replacement: "if (false)",
    noticedBy: [`${tests}/dao.test.ts`],
  },
  {
    fault: "what functions have written while the server planned stays",
    file: `${source}/plans.ts`,
    text: "  undone: true,",
    replacement: "",
    noticedBy: [`${tests}/plans.test.ts`],
  },
  {
    fault: "an order to stop that overtakes its statement is lost, and the statement runs to its end",
    file: `${source}/interruption.ts`,
    text: "for (let pauseMs = firstPauseMs; !isAnswered; pauseMs *= 2) {",
    replacement: "for (let pauseMs = firstPauseMs; pauseMs === firstPauseMs; pauseMs *= 2) {",
    noticedBy: [`${tests}/interruption.test.ts`],
  },
  {
    fault: "a day of a DATETIME is another one in leap years",
    file: `${source}/decoders.ts`,
    text: "const shifted = month > 2 ? year : year - 1;",
    replacement: "const shifted = year;",
    noticedBy: [`${tests}/rows.test.ts`],
  },
  {
    fault: "from the 300th row on, values are read from where their NULL bits are",
    file: `${source}/row-readers.ts`,
    text: "(columns.length + 9) >> 3}; return [",
    replacement: "(columns.length + 1) >> 3}; return [",
    noticedBy: [`${tests}/rows.test.ts`],
  },
  {
    fault: "a packet that answers another command on MySQL is taken for the answer to this one",
    file: `${source}/flight.ts`,
    text: "    if (this.link.disorder !== undefined) {",
    replacement: "    if (this.link.death !== undefined) {",
    noticedBy: [`${tests}/session.test.ts`],
  },
  {
    fault: "the end of a procedure on MySQL is left for the next statement to read",
    file: `${source}/result-flight.ts`,
    text: "      return !this.#isOutput && (status & statusFlags.moreResults) === 0;",
    replacement: "      return (status & statusFlags.moreResults) === 0;",
    noticedBy: [`${tests}/call.test.ts`],
  },
  {
    fault: "a procedure that has come half-way is run once more, because its tables have changed meanwhile",
    file: `${source}/session.ts`,
    text: "(code === outdated && deedOf(text).isRowsOnly);",
    replacement: "code === outdated;",
    noticedBy: [`${tests}/session.test.ts`],
  },
  {
    fault: "a branch is said to be committed while its session is taken apart",
    file: "packages/adapter-mysql/src/branches.ts",
    text: ": await withoutOwner(session, branch, finish);",
    replacement: ": await finish();",
    noticedBy: ["packages/adapter-mysql/test/branches.test.ts"],
  },
];
