import { ConfigurationError } from "../errors/index.ts";

/**
 * Reads the URL of a server, `engine://user:password@host:port/database?parameter=value`.
 *
 * A `/`, `?` or `#` that stands unencoded in a password ends it for every reader of URLs: the rest would be taken for a host, a port, a database or a
 * parameter, and be shown by the next message. Behind such a sign the `@` before the host is left over, by which it is found.
 *
 * @param engine - what messages begin with
 * @param example - a URL of the engine, for messages
 * @throws ConfigurationError that shows nothing of the text
 */
export function readServerUrl(engine: string, text: string, example: string): URL {
  const [, behindHost] = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*(.*)$/is.exec(text.trim()) ?? [];
  if (behindHost === undefined) throw unreadable(engine, `it is not like ${example}`);
  if (/[@#]/.test(behindHost)) {
    const advice = "inside of a user, password or value write %40 for @, %2F for /, %3F for ? and %23 for #";
    throw unreadable(engine, `there is an @ or a # too many, or in the wrong place; ${advice}`);
  }
  try {
    return new URL(text);
  } catch {
    // Not as the cause: it holds the text.
    throw unreadable(engine, `it is not like ${example}`);
  }
}

function unreadable(engine: string, why: string): ConfigurationError {
  return new ConfigurationError(`${engine}: the URL cannot be read: ${why}`, { key: "connectionString" });
}
