import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ConfigurationError } from "@nsj/mdb-core";

/** Where a database lives. Everything but a file belongs to one connection alone. */
export type Location = { readonly kind: "file"; readonly path: string } | { readonly kind: "memory" | "temporary" };

/** How a `file:` URL asks for the file to be opened (https://sqlite.org/uri.html). */
export type OpenMode = "ro" | "rw" | "rwc" | "memory";

/** Reads a file name as better-sqlite3 and SQLite do: `:memory:`, nothing, a path, a `file:` URL. */
export function readLocation(filename: string): { readonly location: Location; readonly mode: OpenMode | undefined } {
  const name = filename.trim();
  if (name.toLowerCase().startsWith("file:")) return readFileUrl(name);
  return { location: locationOf(name), mode: undefined };
}

function locationOf(name: string): Location {
  if (name === ":memory:") return { kind: "memory" };
  if (name === "") return { kind: "temporary" };
  if (name.includes("\0")) throw refused("the file's name holds a NUL character");
  // Now, and not at each connect: a process may change its working directory.
  return { kind: "file", path: resolve(name) };
}

function readFileUrl(text: string): { readonly location: Location; readonly mode: OpenMode | undefined } {
  const [address = "", query = ""] = (text.split("#", 1)[0] ?? "").split(/\?(.*)/s);
  const mode = readMode(new URLSearchParams(query));
  const name = address.slice("file:".length);
  const path = name.startsWith("//") ? localPath(address) : decode(name);
  if (mode === "memory") return { location: { kind: "memory" }, mode };
  return { location: locationOf(path), mode };
}

function localPath(address: string): string {
  try {
    return fileURLToPath(address);
  } catch {
    throw refused('a file: URL names a file of this machine, as in "file:data.db" or "file:///var/data.db"');
  }
}

function readMode(query: URLSearchParams): OpenMode | undefined {
  for (const [key, value] of query) {
    if (key === "mode" && ["ro", "rw", "rwc", "memory"].includes(value)) continue;
    // There is no shared cache in better-sqlite3, and none is needed: a database in memory has one connection.
    if (key === "cache" && (value === "shared" || value === "private")) continue;
    if (key === "uri") continue;
    throw refused(`a file: URL can have mode=ro, rw, rwc or memory; "${key}" is not known with this value`);
  }
  return (query.get("mode") as OpenMode | null) ?? undefined;
}

/** Undoes percent encoding; a text that is not encoded stays what it is. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function refused(message: string): ConfigurationError {
  return new ConfigurationError(`sqlite: ${message}`, { key: "filename" });
}
