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

/** The places behind one connect string, each an object of its own: what is known of a place is remembered by it. */
export class Places {
  readonly #asked: ConnectionTarget;
  readonly #found = new Map<string, ConnectionTarget>();

  constructor(asked: ConnectionTarget) {
    this.#asked = asked;
  }

  /** @param uniqueName - and `container`: what the driver knows from the login, where the server said it */
  found(uniqueName: string | undefined, container: string | undefined): ConnectionTarget {
    const key = JSON.stringify([uniqueName, container]);
    let target = this.#found.get(key);
    if (target === undefined) {
      target = Object.freeze({ ...this.#asked, ...(uniqueName && { uniqueName }), ...(container && { container }) });
      this.#found.set(key, target);
    }
    return target;
  }
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
