import type { Reporter, TestModule } from "vitest/node";

/** Ends the run with one plain line of counts, and says of every skipped test why it was skipped. */
export default class CountingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    let passed = 0;
    let failed = unhandledErrors.length;
    const skips = new Map<string, number>();
    for (const module of modules) {
      failed += module.state() === "failed" && [...module.children.allTests("failed")].length === 0 ? 1 : 0;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === "passed") passed++;
        else if (result.state === "failed") failed++;
        else {
          const reason = (result.state === "skipped" && result.note) || "no reason given";
          skips.set(reason, (skips.get(reason) ?? 0) + 1);
        }
      }
    }
    let skipped = 0;
    for (const [reason, count] of skips) {
      skipped += count;
      console.log(`skipped ${count}: ${reason}`);
    }
    console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
  }
}
