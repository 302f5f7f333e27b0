import type { ConnectionTarget } from "@nsj/mdb-core";

/** What a connect string points to, for messages; nothing of it can be a secret. */
export function targetOf(connectString: string, user: string | undefined): ConnectionTarget {
  const { address, database } = place(connectString.trim());
  return Object.freeze({
    address,
    ...(database === undefined ? {} : { database }),
    ...(user === undefined ? {} : { user }),
  });
}

function place(text: string): { readonly address: string; readonly database?: string } {
  if (text.startsWith("(")) {
    const value = (keyword: string) => new RegExp(`\\(\\s*${keyword}\\s*=\\s*([^()\\s]*)\\s*\\)`, "i").exec(text)?.[1];
    const address = `${value("HOST") ?? "an unnamed host"}:${value("PORT") ?? "1521"}`;
    const database = value("SERVICE_NAME") ?? value("SID");
    return database === undefined ? { address } : { address, database };
  }
  const match = /^(?:(?:[a-z]+:)?\/\/)?(\[[^\]]+\]|[^:/?\s]+)(?::(\d+))?(?:\/([^:/?\s]*))?/i.exec(text);
  const [, host = text, port, service] = match ?? [];
  // A word alone is an alias of tnsnames.ora.
  if (port === undefined && service === undefined) return { address: host };
  const address = `${host}:${port ?? "1521"}`;
  return service === undefined || service === "" ? { address } : { address, database: service };
}
