import { ConfigurationError } from "@nsj/mdb-core";

/** What is used of a test runner. */
export interface TestHooks {
  beforeEach(hook: () => void | Promise<void>): unknown;
  afterEach(hook: () => void | Promise<void>): unknown;
}

/** The hooks of the test runner that runs this: those that are global (Jest, vitest with `globals`), else those of `node:test`. @throws ConfigurationError */
export function hooksOf(caller: string): TestHooks {
  const { beforeEach, afterEach } = globalThis as Partial<TestHooks>;
  if (typeof beforeEach === "function" && typeof afterEach === "function") return { beforeEach, afterEach };
  if (process.env["VITEST"] !== undefined || process.env["JEST_WORKER_ID"] !== undefined) {
    throw new ConfigurationError(
      `${caller}: the test runner's hooks are not global; hand them over: { hooks: { beforeEach, afterEach } }`,
      { key: "hooks" },
    );
  }
  // Registered by whoever runs tests with it, and harmless to load for others.
  return process.getBuiltinModule("node:test");
}
