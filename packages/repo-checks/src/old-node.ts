import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { runCommand } from "./run-command.ts";

/** The first Node.js in `PATH` that is older than 22, and so than what the packages need; `undefined` where there is none. */
export async function oldNode(): Promise<string | undefined> {
  const name = process.platform === "win32" ? "node.exe" : "node";
  const paths = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, name));
  for (const path of new Set(paths.filter(existsSync))) {
    const { stdout } = await runCommand(path, ["--version"]);
    const [, major] = /^v(\d+)\./.exec(stdout) ?? [];
    if (major !== undefined && Number(major) < 22) return path;
  }
  return undefined;
}
