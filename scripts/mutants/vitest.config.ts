import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { mutants } from "./all.ts";
import { broken } from "./mutant.ts";
import { needsServers } from "./needs-servers.ts";

const root = join(import.meta.dirname, "../..");
/** `MDB_MUTANT` names the fault; without one the tests have to pass. */
const mutant = mutants.find(({ fault }) => fault === process.env["MDB_MUTANT"]);
const isBroken = (id: string): boolean => mutant !== undefined && id === join(root, mutant.file);
/** The tests of this run. */
const asked = process.argv.filter((argument) => /\.test\.ts$/.test(argument));
const conditions = ["mdb:source", "node"];

export default defineConfig({
  root,
  plugins: [
    {
      name: "mutant",
      enforce: "pre",
      // The fault is put in while the file is loaded: nothing on the disk changes, whatever ends this run.
      load: (id) => (mutant !== undefined && isBroken(id) ? broken(readFileSync(id, "utf8"), mutant) : undefined),
      // vitest keeps what it has loaded, by what is on the disk.
      configureVitest: ({ defineCacheKeyGenerator }) =>
        defineCacheKeyGenerator(({ id }) => (isBroken(id) ? JSON.stringify(mutant) : undefined)),
    },
  ],
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: mutants.flatMap(({ noticedBy }) => noticedBy),
    globalSetup: asked.some((file) => needsServers(join(root, file))) ? ["./scripts/test-servers.ts"] : [],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    execArgv: ["--expose-gc"],
  },
});
