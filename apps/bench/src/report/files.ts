import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { toOverview, toSvg } from "./chart.ts";
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
  const shown = run.scenarios.filter(({ id }) => overview.includes(id));
  if (shown.length > 0) await writeFile(join(folder, "overview.svg"), toOverview(shown, captionOf(run)));
  return folder;
}

/** What the picture of the README shows: the everyday things, whoever is ahead in them. */
const overview = ["postgres/one-row", "postgres/1000-rows", "postgres/transaction", "postgres/100-callers"];

function captionOf({ environment }: Run): string {
  const { date, node, processor, cores } = environment;
  return `Beside the raw driver, pg or its pool, which is 1.00; medians with their quartiles. PostgreSQL on the same machine, ${date}, Node ${node}, ${processor}, ${cores} cores.`;
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" ? Number(value.toPrecision(5)) : value;
}
