import { access } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type DatabaseEntries, DatabaseManager } from "@nsj/mdb-core";
import { UsageError } from "./usage-error.ts";

/** What a module exports, ready to be looked at; closed with it. */
export interface OpenedModule extends AsyncDisposable {
  readonly databases: DatabaseManager;
}

/**
 * Loads the module of an application that exports its manager, or the definitions of one, by the name `databases`, as its default, or as its only export
 * of that kind.
 * @throws UsageError when there is no such module, it cannot be read by this Node.js, or it exports nothing of the kind
 */
export async function openModule(path: string): Promise<OpenedModule> {
  const file = resolve(path);
  await access(file).catch(() => {
    throw new UsageError(`there is no module ${file}`);
  });
  if (/\.[cm]?tsx?$/.test(file) && !process.features.typescript) {
    throw new UsageError(
      `Node.js ${process.versions.node} does not read TypeScript by itself: give a module of JavaScript, or use Node.js 22.18 or newer`,
    );
  }
  const exported = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  const found = candidates(exported);
  const manager = found.find(isManager);
  const databases = manager ?? definitions(found, path);
  return { databases, [Symbol.asyncDispose]: () => databases.close({ timeoutMs: 1_000 }) };
}

/** What a module exports, the likeliest first. A module of CommonJS has everything once more in its default. */
function candidates(exported: Record<string, unknown>): readonly unknown[] {
  const { databases, default: main, ...rest } = exported;
  const inner = typeof main === "object" && main !== null && !isManager(main) ? Object.values(main) : [];
  return [databases, main, ...Object.values(rest), ...inner].filter((it) => it !== undefined);
}

/** Whether it is a manager, of whichever copy of core. */
function isManager(value: unknown): value is DatabaseManager {
  if (typeof value !== "object" || value === null) return false;
  const { database, close, labels } = value as Partial<DatabaseManager>;
  return typeof database === "function" && typeof close === "function" && Array.isArray(labels);
}

function definitions(found: readonly unknown[], path: string): DatabaseManager {
  for (const entries of found) {
    if (!isEntries(entries)) continue;
    return new DatabaseManager(entries);
  }
  throw new UsageError(
    `${path} exports neither a DatabaseManager nor the definitions of one: export const databases = new DatabaseManager({ ... })`,
  );
}

/** Whether it is a dictionary of what adapters' factories give. */
function isEntries(value: unknown): value is DatabaseEntries {
  if (typeof value !== "object" || value === null) return false;
  const entries = Object.values(value);
  return (
    entries.length > 0 && entries.every((entry) => typeof entry === "object" && entry !== null && "engine" in entry)
  );
}
