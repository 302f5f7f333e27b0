import { access } from "node:fs/promises";
import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { type DatabaseEntries, DatabaseManager } from "@nsj/mdb-core";
import { UsageError } from "./usage-error.ts";

/** What a module exports, ready to be looked at; closed with it. */
export interface OpenedModule extends AsyncDisposable {
  readonly databases: DatabaseManager;
}

type Exports = Readonly<Record<string, unknown>>;

/** How long a module may take to load: it should open nothing by itself. */
const loadLimitMs = 10_000;
/** How long its connections may take to close, and how long the manager may take to say so. */
const closeLimitMs = 1_000;

/**
 * Loads the module of an application that exports its manager, or the definitions of one, by the name `databases`, as its default, or as its only export
 * of that kind.
 * @throws UsageError when there is no such module, it cannot be loaded, or it exports nothing of the kind, or several
 */
export async function openModule(path: string): Promise<OpenedModule> {
  const exported = await load(path);
  const databases = only(exported, isManager, path) ?? definitions(exported, path);
  return { databases, [Symbol.asyncDispose]: () => close(databases) };
}

/** A program that has its answer does not wait for a manager that never ends. */
async function close(databases: DatabaseManager): Promise<void> {
  const closed = new AbortController();
  const late = pause(2 * closeLimitMs, undefined, { signal: closed.signal }).catch(() => {});
  await Promise.race([databases.close({ timeoutMs: closeLimitMs }), late]).finally(() => closed.abort());
}

async function load(path: string): Promise<Exports> {
  const file = resolve(path);
  await access(file).catch(() => {
    throw new UsageError(`there is no module ${file}`);
  });
  if (/\.[cm]?tsx?$/.test(file) && !process.features.typescript) {
    throw new UsageError(
      `Node.js ${process.versions.node} does not read TypeScript by itself: give a module of JavaScript, or use Node.js 22.18 or newer`,
    );
  }
  const loaded = new AbortController();
  const late = pause(loadLimitMs, undefined, { signal: loaded.signal }).then(() => {
    throw new Error(`it has not finished within ${loadLimitMs / 1_000} s`);
  });
  late.catch(() => {});
  try {
    return (await Promise.race([import(pathToFileURL(file).href), late])) as Exports;
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${file} could not be loaded: ${words}`, { cause: error });
  } finally {
    loaded.abort();
  }
}

/** The export that is meant. @throws UsageError where it is not the only one of its kind */
function only<T>(exported: Exports, isOne: (value: unknown) => value is T, path: string): T | undefined {
  const { databases, default: main, ...rest } = exported;
  // A module of CommonJS has everything once more in its default.
  const inner = typeof main === "object" && main !== null && !isOne(main) ? (main as Exports) : {};
  for (const likely of [databases, main, inner["databases"]]) if (isOne(likely)) return likely;
  const others = Object.entries({ ...inner, ...rest }).filter((entry): entry is [string, T] => isOne(entry[1]));
  const different = new Set(others.map(([, value]) => value));
  if (different.size > 1) {
    const names = others.map(([name]) => name).join(", ");
    throw new UsageError(`${path} exports several that could be meant (${names}): export one of them as databases`);
  }
  return others[0]?.[1];
}

/** Whether it is a manager, of whichever copy of core. */
function isManager(value: unknown): value is DatabaseManager {
  if (typeof value !== "object" || value === null) return false;
  const { database, close, labels } = value as Partial<DatabaseManager>;
  return typeof database === "function" && typeof close === "function" && Array.isArray(labels);
}

function definitions(exported: Exports, path: string): DatabaseManager {
  const entries = only(exported, isEntries, path);
  try {
    if (entries !== undefined) return new DatabaseManager(entries);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
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
