import * as core from "@nsj/mdb-core";
import * as tenants from "@nsj/mdb-tenants";
import { describe, expect, it } from "vitest";
import { type DocumentedError, documentedErrors, mentionedCodes } from "../src/error-page.ts";
import { filesBelow, read } from "../src/repository.ts";

const page = read("docs/errors.md");
const codes: readonly (readonly [string, core.ErrorCodeFacts])[] = Object.entries<core.ErrorCodeFacts>({
  ...core.errorCodes,
  ...tenants.tenantErrorCodes,
});
const exports: Readonly<Record<string, unknown>> = { ...core, ...tenants };

/** Environment variables share the prefix of the codes. */
const environmentVariables: ReadonlySet<string> = new Set([
  "MDB_POSTGRES_URL",
  "MDB_MSSQL_URL",
  "MDB_MYSQL_URL",
  "MDB_SESSION_SEED",
  "MDB_ORACLE_URL",
  "MDB_TENANTS_SEEDS",
  "MDB_TENANTS_STEPS",
]);

describe("docs/errors.md", () => {
  it("documents every code once, with its class, its sentence, what `retryable` means and what `retry` repeats, and no other code", () => {
    const real: DocumentedError[] = codes.map(([code, facts]) => ({
      code,
      className: classOf(code),
      when: facts.when,
      retryable: [facts.retryable ? "yes" : "no", facts.because].filter((it) => it !== undefined).join(": "),
      retry:
        facts.retried === undefined
          ? "no"
          : { always: "repeats", "where retryable": "repeats where `retryable`" }[facts.retried],
    }));
    const byCode = (a: DocumentedError, b: DocumentedError) => a.code.localeCompare(b.code);
    expect([...documentedErrors(page)].sort(byCode)).toEqual(real.sort(byCode));
  });

  it("is the only place that needs to change with a code: no document mentions one that does not exist", () => {
    const documents = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", ...filesBelow("docs", ".md")];
    const known = new Set(codes.map(([code]) => code));
    const unknown = documents.flatMap((path) =>
      mentionedCodes(read(path))
        .filter((code) => !known.has(code) && !environmentVariables.has(code))
        .map((code) => `${path}: ${code}`),
    );
    expect(unknown).toEqual([]);
  });

  it("names only classes that core or an extension exports", () => {
    const exported = new Set(Object.keys(exports));
    const named = [...page.matchAll(/`([A-Z]\w+Error)`/g)].map(([, name = ""]) => name);
    expect(named.filter((name) => !exported.has(name))).toEqual([]);
  });
});

/** The exported class whose errors have this code; found by making one of each. */
function classOf(code: string): string {
  const facts = { pool: {}, labels: [], rowIndex: 0, issues: [] };
  const classes = Object.entries(exports).filter(
    ([, it]) => typeof it === "function" && Object.prototype.isPrototypeOf.call(core.MdbError, it),
  );
  const found = classes.filter(([, it]) => {
    try {
      const made: unknown = Reflect.construct(it as new () => unknown, ["message", facts]);
      return core.isMdbError(made) && made.code === code;
    } catch {
      // A base class: its first argument is a code, not a message.
      return false;
    }
  });
  expect(found, `classes with the code ${code}`).toHaveLength(1);
  return found[0]?.[0] ?? "";
}
