import { spawn } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { beforeAll, describe, expect, it } from "vitest";
import { pages } from "../src/pages.ts";

const app = join(import.meta.dirname, "..");
const html = join(app, "dist/html");

async function run(...command: string[]): Promise<void> {
  const child = spawn(process.execPath, command, { cwd: app, stdio: ["ignore", "pipe", "pipe"] });
  const [out, errors, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once("close", resolve)),
  ]);
  if (code !== 0) throw new Error(`${command.join(" ")} failed:\n${out}\n${errors}`);
}

/** Every page that was built, by its path, with its text. */
const built = new Map<string, string>();

beforeAll(async () => {
  await run("src/build.ts");
  // A link to a page that is not there fails this.
  await run("node_modules/vitepress/bin/vitepress.js", "build", ".");
  for (const file of globSync("**/*.html", { cwd: html }))
    built.set(`/${file.replace(/(?:index)?\.html$/, "")}`, readFileSync(join(html, file), "utf8"));
}, 300_000);

describe("the site", () => {
  it("has every page, and a page for every public name", () => {
    const missing = pages().filter(({ path }) => !built.has(path === "index" ? "/" : `/${path}`));
    expect(missing).toEqual([]);
    expect(built.has("/api/core/classes/Database")).toBe(true);
  });

  it("has each page in a menu", () => {
    const menu = built.get("/start") ?? "";
    const lost = pages().filter(({ path }) => path !== "index" && !menu.includes(`href="/${path}"`));
    expect(lost.map(({ path }) => path)).toEqual([]);
  });

  it("links to no place that is not there", () => {
    const broken: string[] = [];
    for (const [path, page] of built) {
      for (const [, link = ""] of page.matchAll(/<a[^>]* href="(\/[^"]*|#[^"]*)"/g)) {
        const [file = "", anchor] = link.split("#", 2);
        const target = built.get(file === "" ? path : file.replace(/\.html$/, ""));
        if (/\.(?:svg|png|txt)$/.test(file)) continue;
        if (
          target === undefined ||
          (anchor !== undefined && anchor !== "" && !target.includes(`id="${decodeURIComponent(anchor)}"`))
        )
          broken.push(`${path} -> ${link}`);
      }
    }
    expect([...new Set(broken)]).toEqual([]);
  });

  it("has its texts for language models", () => {
    const overview = readFileSync(join(html, "llms.txt"), "utf8");
    expect(overview).toContain("(/transactions.html)");
    expect(readFileSync(join(html, "llms-full.txt"), "utf8")).toContain("# Transactions and sessions");
  });
});
