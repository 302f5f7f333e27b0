import { cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PackedPackage } from "./packed-packages.ts";
import { runOrThrow } from "./run-command.ts";

/** The applications of `applications/`, each with the package of its framework. */
export const applications = ["fastify", "express", "nestjs", "hono"] as const;

export type Application = (typeof applications)[number];

/** An application in a folder of its own, with the packed packages installed by npm. */
export interface InstalledApplication {
  readonly folder: string;
  /** What `npm start` does, without a shell and npm in between, so that signals reach it. */
  readonly start: readonly [command: string, ...rest: string[]];
  /** Runs one of its scripts to the end. */
  run(script: "test", environment: Readonly<Record<string, string>>): Promise<void>;
}

/** Copies an application, installs what its README names as a user would, and builds it where it has to be built. */
export async function installApplication(
  name: Application,
  parent: string,
  packed: readonly PackedPackage[],
): Promise<InstalledApplication> {
  const folder = join(parent, name);
  cpSync(join(import.meta.dirname, "../applications", name), folder, { recursive: true });
  // The registry does not have them yet, so the one that others stand on is given by hand too.
  const ours = ["core", "http", name, "adapter-postgres", "adapter-sqlite"].map((it) => `@nsj/mdb-${it}`);
  const tarballs = packed.filter((it) => ours.includes(it.name)).map(({ tarball }) => tarball);
  await runOrThrow("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", ...tarballs], { cwd: folder });
  const { scripts } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  if (scripts.build !== undefined) await runOrThrow("npm", ["run", "build"], { cwd: folder });
  const [command = "", ...rest] = (scripts.start ?? "").split(" ");
  const own = join(folder, "node_modules/.bin", command);
  return {
    folder,
    start: [existsSync(own) ? own : process.execPath, ...rest],
    async run(script, environment) {
      await runOrThrow("npm", ["run", script], { cwd: folder, environment });
    },
  };
}
