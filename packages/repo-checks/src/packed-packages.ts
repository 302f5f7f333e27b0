import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { publishedPackages } from "./repository.ts";
import { runOrThrow } from "./run-command.ts";

/** A package as it would go to the registry. */
export interface PackedPackage {
  readonly name: string;
  /** The path of its tarball. */
  readonly tarball: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Builds whatever of the packages is not built yet. */
export async function buildPackages(): Promise<void> {
  await pnpm("exec", "turbo", "run", "build", "--filter=./packages/*");
}

/** Builds what has to be built, and packs every package that is published into `folder`. */
export async function packPublished(folder: string): Promise<readonly PackedPackage[]> {
  await buildPackages();
  const names = publishedPackages().map(({ manifest }) => manifest.name);
  await pnpm("--recursive", ...names.flatMap((name) => ["--filter", name]), "pack", "--pack-destination", folder);
  const tarballs = readdirSync(folder).filter((file) => file.endsWith(".tgz"));
  return names.map((name) => {
    const prefix = `${name.slice(1).replace("/", "-")}-`;
    const file = tarballs.find((it) => it.startsWith(prefix) && /^\d/.test(it.slice(prefix.length)));
    if (file === undefined) throw new Error(`${name} was not packed; there are ${tarballs.join(", ")}`);
    const tarball = join(folder, file);
    return { name, tarball, bytes: new Uint8Array(readFileSync(tarball)) };
  });
}

function pnpm(...rest: readonly string[]): Promise<unknown> {
  return runOrThrow("npx", ["--yes", "pnpm@12", ...rest], { environment: { TURBO_TELEMETRY_DISABLED: "1" } });
}
