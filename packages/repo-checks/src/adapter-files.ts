/** The files that every adapter's `src` has, so that who has read one adapter knows them all. */
export const adapterSources: readonly string[] = [
  "index.ts",
  "options.ts",
  "driver.ts",
  "connection.ts",
  "dialect.ts",
  "values.ts",
  "errors.ts",
  "native.ts",
];

/** The files that every adapter's `test` has. */
export const adapterTests: readonly string[] = [
  "conformance.test.ts",
  "errors.test.ts",
  "values.test.ts",
  "options.test.ts",
];
