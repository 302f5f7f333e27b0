/**
 * The part of a test runner that the suite needs. Any runner fits: under vitest
 * `{ describe, it, before: beforeAll, after: afterAll }`, under `node:test` its own four functions of these names.
 */
export interface TestRunner {
  describe(name: string, body: () => void): unknown;
  it(name: string, options: { readonly timeout: number }, body: (context: TestContext) => Promise<void>): unknown;
  before(body: () => Promise<void>): unknown;
  after(body: () => Promise<void>): unknown;
}

/** What the runner passes to a test. */
export interface TestContext {
  /** Marks the test as skipped, with the reason. It may throw (vitest) or return (`node:test`). */
  skip(reason: string): unknown;
}
