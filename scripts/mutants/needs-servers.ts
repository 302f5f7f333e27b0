import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Whether a test, or what it imports of its own package's tests, asks for the servers that all tests share. */
export function needsServers(file: string, seen = new Set<string>()): boolean {
  if (seen.has(file) || !existsSync(file)) return false;
  seen.add(file);
  const text = readFileSync(file, "utf8");
  if (text.includes("inject(")) return true;
  const imported = [...text.matchAll(/from "(\.[^"]+)"/g)].map(([, path]) => join(dirname(file), path ?? ""));
  return imported.some((path) => path.includes("/test/") && needsServers(path, seen));
}
