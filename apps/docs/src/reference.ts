import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Application } from "typedoc";
import { root, web } from "./repository.ts";

/** Writes the reference of every published package, made of the comments in its code. @throws Error when one of them cannot be read */
export async function writeReference(folder: string): Promise<void> {
  const application = await Application.bootstrapWithPlugins({
    plugin: ["typedoc-plugin-markdown"],
    entryPoints: publishedPackages().map((name) => join(root, "packages", name, "src/index.ts")),
    tsconfig: join(root, "tsconfig.json"),
    skipErrorChecking: true,
    readme: "none",
    excludeInternal: true,
    excludePrivate: true,
    excludeProtected: true,
    disableGit: true,
    sourceLinkTemplate: `${web}/{path}#L{line}`,
    basePath: root,
    displayBasePath: root,
    logLevel: "Error",
    excludeExternals: true,
    outputs: [{ name: "markdown", path: folder }],
    // Of the plugin, which has no types of its own for them.
    ...({ router: "member", entryFileName: "index", hidePageHeader: true, parametersFormat: "table" } as object),
  });
  const project = await application.convert();
  if (project === undefined) throw new Error("the code could not be read");
  // They are called by their folders otherwise.
  for (const module of project.children ?? []) module.name = module.name.replace(/^packages\/(.*)\/src$/, "$1");
  // Doors between our own packages, named by symbols of ours; those of the language stay.
  for (const reflection of Object.values(project.reflections)) {
    if (/^\[(?!async|iterator|dispose|toStringTag)/.test(reflection.name)) project.removeReflection(reflection);
  }
  project.name = "Every public name";
  await application.generateOutputs(project);
}

/** The folders of the packages that people install. */
export function publishedPackages(): readonly string[] {
  return readdirSync(join(root, "packages")).filter((name) => {
    const path = join(root, "packages", name, "package.json");
    return existsSync(path) && JSON.parse(readFileSync(path, "utf8")).private !== true;
  });
}
