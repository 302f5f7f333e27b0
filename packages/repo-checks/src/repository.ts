import { readdirSync, readFileSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";

/** The root of the repository. */
export const root = join(import.meta.dirname, "../../..");

/** What the checks read of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly license?: string;
  readonly type?: string;
  readonly sideEffects?: boolean;
  readonly engines?: { readonly node?: string };
  readonly files?: readonly string[];
  readonly publishConfig?: { readonly provenance?: boolean; readonly access?: string };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** One package of the workspace. */
export interface Package {
  /** Relative to the root: `packages/core`. */
  readonly folder: string;
  readonly manifest: Manifest;
}

/** Every package of the workspace, apps included. */
export function workspacePackages(): readonly Package[] {
  return ["packages", "apps"].flatMap((place) =>
    readdirSync(join(root, place), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${place}/${entry.name}`)
      .filter((folder) => readdirSync(join(root, folder)).includes("package.json"))
      .map((folder) => ({ folder, manifest: JSON.parse(read(`${folder}/package.json`)) as Manifest })),
  );
}

/** The packages that go to the registry. */
export function publishedPackages(): readonly Package[] {
  return workspacePackages().filter(({ manifest }) => manifest.private !== true);
}

/** The adapters, by their folder's name. */
export function adapters(): readonly Package[] {
  return publishedPackages().filter(({ folder }) => basename(folder).startsWith("adapter-"));
}

/** The text of a file, by its path from the root. */
export function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** Every file below a folder whose name ends so, as paths from the root with `/`; built and installed files are left out. */
export function filesBelow(folder: string, ending: string): readonly string[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = relative(root, join(root, folder, entry.name))
      .split(sep)
      .join("/");
    if (entry.isDirectory()) return leftOut.has(entry.name) ? [] : filesBelow(path, ending);
    return entry.isFile() && entry.name.endsWith(ending) ? [path] : [];
  });
}

const leftOut: ReadonlySet<string> = new Set(["node_modules", "dist", "results", "coverage", ".git", ".turbo"]);
