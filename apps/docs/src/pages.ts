import { globSync } from "node:fs";
import { basename, dirname } from "node:path";
import { root } from "./repository.ts";

/** One page of the site. */
export interface Page {
  /** The Markdown that it is made of, from the root of the repository. */
  readonly source: string;
  /** Where it is on the site, without an ending: `packages/kysely`. */
  readonly path: string;
}

/** Every Markdown text of the repository that a user reads, and where it is on the site. */
export function pages(): readonly Page[] {
  const found: Page[] = [
    { source: "README.md", path: "index" },
    { source: "SECURITY.md", path: "security" },
    { source: "CONTRIBUTING.md", path: "contributing" },
    { source: "ARCHITECTURE.md", path: "architecture" },
  ];
  const below = (pattern: string, pathOf: (source: string) => string): void => {
    for (const source of globSync(pattern, { cwd: root }).toSorted()) found.push({ source, path: pathOf(source) });
  };
  below("docs/**/*.md", (source) =>
    source
      .replace(/^docs\//, "")
      .replace(/README\.md$/, "contents.md")
      .replace(/\.md$/, ""),
  );
  below("packages/*/README.md", (source) => `packages/${basename(dirname(source))}`);
  below("apps/*/README.md", (source) => `examples/${basename(dirname(source))}`);
  return found;
}
