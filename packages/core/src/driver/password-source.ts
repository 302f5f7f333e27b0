import { ConfigurationError } from "../errors/index.ts";
import { kindInWords } from "../internal/kind-in-words.ts";
import { DriverFault } from "./driver-fault.ts";

/**
 * What gives the password of each connect, of an option that is a text, a function that is asked anew each time, or absent.
 *
 * What a function gives is checked, because a client that meets a number or an object in the middle of a login may end the process.
 *
 * @param engine - what messages begin with
 * @returns a function that rejects with a `DriverFault` whose cause is the error of the user's function, or with a `ConfigurationError` where that
 *   gave no text
 */
export function passwordSource(
  engine: string,
  password: string | (() => string | Promise<string>) | undefined,
): () => Promise<string | undefined> {
  if (typeof password !== "function") return async () => password;
  return async () => {
    let secret: unknown;
    try {
      secret = await password();
    } catch (error) {
      const info = { kind: "refused", connection: "dead", retry: "connect" } as const;
      throw new DriverFault("the password function failed", info, error);
    }
    if (typeof secret === "string") return secret;
    throw new ConfigurationError(`${engine}: the password function gave ${kindInWords(secret)}, not a string`, {
      key: "password",
    });
  };
}
