import type { Area, Case } from "./area.ts";
import { areas } from "./areas.ts";
import { Bench } from "./bench.ts";
import { checkChoice, checkSubject } from "./check-subject.ts";
import { explain, reasonOf } from "./explain.ts";
import { type ConformanceReport, ReportBuilder } from "./report.ts";
import type { TestRunner } from "./runner.ts";
import type { Subject } from "./subject.ts";
import { Suite } from "./suite.ts";

/** See {@link conformance}. */
export interface ConformanceOptions {
  /** Only these areas (`"stream"`) or cases (`"stream: takes parameters"`). Default: all of them. */
  readonly only?: readonly string[];
  /** Called with the finished report after the last case. */
  readonly onReport?: (report: ConformanceReport) => void;
}

/**
 * Registers the conformance suite for a driver on any test runner: one `describe` per area, one `it` per question. A case that asks
 * for something the driver does not declare, or the subject does not supply, is skipped with that as its reason.
 *
 * ```ts
 * conformance({ describe, it, before: beforeAll, after: afterAll }, { driver, options: () => ({ ... }), types, sql });
 * ```
 *
 * @returns the report, which fills while the cases run
 * @throws TypeError at once for a subject that lacks or misspells a member, and for a choice that names nothing
 */
export function conformance<Options extends object>(
  runner: TestRunner,
  subject: Subject<Options>,
  options: ConformanceOptions = {},
): ConformanceReport {
  // The suite never looks into options: what `subject.options` gives goes to `subject.driver` and nowhere else.
  checkSubject(subject);
  const suite = new Suite(subject as unknown as Subject);
  const report = new ReportBuilder(subject.driver.name, subject.driverVersion);
  const { only } = options;
  if (only !== undefined) checkChoice(only, areas);
  const isChosen = (area: Area, item: Case) =>
    only === undefined || only.includes(area.name) || only.includes(`${area.name}: ${item.name}`);
  runner.describe(`conformance of ${subject.driver.name}`, () => {
    for (const area of areas) {
      const chosen = area.cases.filter((item) => isChosen(area, item));
      if (chosen.length === 0) continue;
      runner.describe(area.name, () => {
        for (const item of chosen) registerCase(runner, suite, report, area, item);
      });
    }
    runner.after(async () => {
      try {
        const { version } = suite.subject.sql;
        if (version !== undefined) report.serverVersion = String(await suite.value(version));
      } catch {
        // The server may be gone, and its version with it; what was found out is not.
      } finally {
        await suite.close().catch(() => undefined);
        options.onReport?.(report);
      }
    });
  });
  return report;
}

function registerCase(runner: TestRunner, suite: Suite, report: ReportBuilder, area: Area, item: Case): void {
  const timeout = (suite.subject.timeoutMs ?? 60_000) * (item.timeoutFactor ?? 1);
  const place = { area: area.name, name: item.name };
  runner.it(item.name, { timeout }, async (context) => {
    let reason: string | undefined;
    try {
      const bench = new Bench(suite, await suite.said());
      try {
        reason = reasonToSkip(bench, item);
        if (reason === undefined) await item.run(bench);
      } catch (error) {
        // What went wrong says more than what hangs because of it.
        await bench.dispose().catch(() => undefined);
        throw error;
      }
      await bench.dispose();
    } catch (error) {
      report.results.push({
        ...place,
        outcome: "fail",
        reason: [reasonOf(error), item.undocumented].filter(Boolean).join("; "),
      });
      explain(error, area.name, item);
      throw error;
    }
    report.results.push(reason === undefined ? { ...place, outcome: "pass" } : { ...place, outcome: "skip", reason });
    // Last, because vitest's skip throws and the skip of node:test does not.
    if (reason !== undefined) context.skip(reason);
  });
}

function reasonToSkip(bench: Bench, item: Case): string | undefined {
  for (const need of item.needs ?? []) {
    const reason = need(bench);
    if (reason !== undefined) return reason;
  }
  return undefined;
}
