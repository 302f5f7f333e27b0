import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fullText, overview } from "./llms.ts";
import { pageText } from "./page-text.ts";
import { pages } from "./pages.ts";
import { writeReference } from "./reference.ts";
import { root } from "./repository.ts";

// Lays out what the site is built from: the repository's own Markdown, the reference made of the code's comments, and texts for language models.
const site = join(import.meta.dirname, "../dist/pages");
await rm(site, { recursive: true, force: true });
const all = pages();
const written: { readonly path: string; readonly text: string }[] = [];
for (const page of all) {
  const { text, pictures } = pageText(await readFile(join(root, page.source), "utf8"), page, all);
  await write(`${page.path}.md`, text);
  written.push({ path: page.path, text });
  for (const picture of pictures) {
    await mkdir(join(site, "public", dirname(picture)), { recursive: true });
    await cp(join(root, picture), join(site, "public", picture));
  }
}
await write("public/llms.txt", overview(written));
await write("public/llms-full.txt", fullText(written));
await writeReference(join(site, "api"));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(site, path)), { recursive: true });
  await writeFile(join(site, path), text);
}
