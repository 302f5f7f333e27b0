import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { toSvg } from "./chart.ts";
import { toMarkdown } from "./markdown.ts";
import type { Run } from "./run.ts";

const committedFolder = fileURLToPath(new URL("../../results", import.meta.url));

/** The results that the repository holds; `undefined` when there are none. */
export async function readCommitted(): Promise<Run | undefined> {
  try {
    return JSON.parse(await readFile(join(committedFolder, "results.json"), "utf8")) as Run;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Writes a run as JSON, Markdown and charts; gives the folder. @param whole - everything was measured, with full effort */
export async function writeRun(run: Run, committed: Run | undefined, whole: boolean): Promise<string> {
  const folder = whole ? committedFolder : join(committedFolder, "partial");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "results.json"), `${JSON.stringify(run, rounded, 2)}\n`);
  await writeFile(join(folder, "results.md"), toMarkdown(run, committed));
  for (const scenario of run.scenarios) {
    await writeFile(join(folder, `${scenario.id.replace("/", "-")}.svg`), toSvg(scenario));
  }
  return folder;
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" ? Number(value.toPrecision(5)) : value;
}
