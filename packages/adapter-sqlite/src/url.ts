import { ConfigurationError } from "@nsj/mdb-core";
import { decode } from "./location.ts";
import type { SqliteOptions } from "./options.ts";

/**
 * Options for a URL or a path, with SQLAlchemy's meaning of the slashes: `sqlite:///relative.db`, `sqlite:////absolute.db`,
 * `sqlite://` and `sqlite:///:memory:` in memory; what stands behind a `+` in the scheme is ignored. `file:` URLs, `:memory:` and
 * plain paths are fine too.
 *
 * @throws ConfigurationError when it names a host, or has parameters that are not known
 */
export function parseUrl(url: string): SqliteOptions {
  const text = url.trim();
  const parts = /^(?:sqlite3?|better-sqlite3)(?:\+[a-z0-9_.-]+)?:(.*)$/is.exec(text);
  if (parts === null) {
    if (/^[a-z][a-z0-9+.-]+:\/\//i.test(text) && !/^file:/i.test(text)) throw refused("is not a URL of SQLite");
    return { filename: text };
  }
  const rest = parts[1] ?? "";
  const [address = "", query = ""] = rest.split(/\?(.*)/s);
  const name = nameIn(address);
  // SQLAlchemy's `sqlite:///file:data.db?mode=ro&uri=true`: the parameters belong to the inner URL.
  if (/^file:/i.test(name)) return { filename: query === "" ? name : `${name}?${query}` };
  const filename = name === "" ? ":memory:" : decode(name);
  return query === "" ? { filename } : { filename, ...readParameters(new URLSearchParams(query)) };
}

function nameIn(address: string): string {
  if (!address.startsWith("//")) return address;
  if (address === "//") return "";
  if (!address.startsWith("///")) throw refused("has no host: write sqlite:///relative.db or sqlite:////absolute.db");
  return address.slice(3);
}

type Parameters = Partial<Pick<SqliteOptions, "readonly" | "fileMustExist">>;

function readParameters(query: URLSearchParams): Parameters {
  const mode = query.get("mode");
  for (const key of query.keys()) {
    if (key !== "mode")
      throw refused(`has the parameter "${key}"; only "mode" is known, give options as an object instead`);
  }
  if (mode === "ro") return { readonly: true };
  if (mode === "rw") return { fileMustExist: true };
  if (mode === "rwc" || mode === null) return {};
  throw refused("can have mode=ro, mode=rw or mode=rwc");
}

function refused(what: string): ConfigurationError {
  // Not the URL itself: it may be that of another engine, with a password in it.
  return new ConfigurationError(`sqlite: the URL ${what}`, { key: "url" });
}
