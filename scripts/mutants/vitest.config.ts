import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { mutants } from "./all.ts";
import { broken } from "./mutant.ts";

// The fault is put in while the file is loaded: nothing on the disk changes, whatever ends this run.
const root = join(import.meta.dirname, "../..");
const mutant = mutants.find(({ fault }) => fault === process.env["MDB_MUTANT"]);
if (mutant === undefined) throw new Error("MDB_MUTANT names no fault");
const { file, noticedBy } = mutant;
const conditions = ["mdb:source", "node"];
const needsPostgres = noticedBy.some((test) => test.includes("postgres"));

export default defineConfig({
  root,
  plugins: [
    {
      name: "mutant",
      enforce: "pre",
      load: (id) => (id === join(root, file) ? broken(readFileSync(id, "utf8"), mutant) : undefined),
    },
  ],
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [...noticedBy],
    globalSetup: needsPostgres ? ["./scripts/test-servers.ts"] : [],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    execArgv: ["--expose-gc"],
  },
});
