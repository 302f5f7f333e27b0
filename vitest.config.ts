import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

// Tests run on the sources of every package, with nothing built.
const conditions = ["mdb:source", "node"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["packages/*/test/**/*.test.ts", "apps/*/test/**/*.test.ts"],
    globalSetup: ["./scripts/test-servers.ts"],
    reporters: ["default", "./scripts/counting-reporter.ts"],
    pool: "forks",
    // One less than there are cores is vitest's own answer; on two cores that is one, though tests wait for servers a third of their time.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // The list of files is enough to read; a test that takes long on purpose is no news.
    slowTestThreshold: 30_000,
    execArgv: ["--expose-gc"],
  },
});
