import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitepress";

const site = join(import.meta.dirname, "../dist/pages");

/** A page of the menu, under its own title. */
function page(path: string, text = titleOf(path)) {
  return { text, link: `/${path}` };
}

function titleOf(path: string): string {
  const title = /^# (.+)$/m.exec(readFileSync(join(site, `${path}.md`), "utf8"))?.[1] ?? path;
  // A menu shows text, not Markdown.
  return title.replace("@nsj/mdb-", "").replaceAll("`", "");
}

/** Every page of a folder. */
function folder(name: string) {
  if (!existsSync(join(site, name))) return [];
  const files = readdirSync(join(site, name)).filter((file) => file.endsWith(".md"));
  return files.toSorted().map((file) => page(`${name}/${file.replace(/\.md$/, "")}`));
}

/** The packages of the reference. */
function modules() {
  const names = readdirSync(join(site, "api"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return names.map(({ name }) => ({ text: name, link: `/api/${name}/` }));
}

export default defineConfig({
  title: "@nsj/mdb",
  description: "One way to work with many SQL databases in one Node.js application",
  srcDir: "dist/pages",
  outDir: "dist/html",
  cleanUrls: true,
  lastUpdated: false,
  markdown: { theme: { light: "github-light", dark: "github-dark" } },
  themeConfig: {
    search: { provider: "local" },
    outline: [2, 3],
    nav: [page("start", "Start"), page("contents", "Guide"), { text: "Reference", link: "/api/" }],
    sidebar: {
      "/": [
        {
          text: "Begin",
          items: ["start", "configuration", "statements", "transactions", "daos"].map((path) => page(path)),
        },
        {
          text: "Use",
          items: [
            "types",
            "errors",
            "streams-and-bulk",
            "procedures",
            "integrations",
            "tenants",
            "several-databases",
            "idempotency-keys",
            "query-builders",
            "migrations",
            "testing",
          ].map((path) => page(path)),
        },
        {
          text: "Run",
          items: ["pool", "pipelining", "seeing-inside", "performance", "bundling", "security"].map((path) =>
            page(path),
          ),
        },
        { text: "Coming from", items: folder("coming-from") },
        { text: "Packages", items: folder("packages") },
        { text: "Examples", items: folder("examples") },
        {
          text: "Inside",
          items: ["capabilities", "write-your-own-adapter", "what-was-left-out", "architecture", "contributing"].map(
            (path) => page(path),
          ),
        },
        { text: "Reference", items: [{ text: "Every public name", link: "/api/" }] },
      ],
      "/api/": [{ text: "Every public name", link: "/api/", items: modules() }],
    },
    socialLinks: [{ icon: "github", link: "https://github.com/nsj/mdb" }],
  },
});
