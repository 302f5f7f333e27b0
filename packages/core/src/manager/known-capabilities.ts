import {
  type Capabilities,
  type DriverConnection,
  DriverFault,
  lackingBeside,
  narrowedCapabilities,
  type ServerCapability,
} from "../driver/index.ts";

/** What a database can do: what its driver declares, and from the first connection on what that one's server has of it. */
export class KnownCapabilities {
  readonly #declared: Capabilities;
  readonly #mayLack: readonly ServerCapability[];
  #current: Capabilities;
  #isKnown = false;

  constructor(declared: Capabilities, mayLack: readonly ServerCapability[] = []) {
    this.#declared = declared;
    this.#mayLack = mayLack;
    this.#current = declared;
  }

  get current(): Capabilities {
    return this.#current;
  }

  /** Whether the server may turn out to lack one of them, because no connection has said yet what it has. */
  mayLack(one: ServerCapability): boolean {
    return !this.#isKnown && this.#mayLack.includes(one);
  }

  /**
   * Takes note of a new connection, and gives it.
   * @throws DriverFault for one that lacks what an earlier one had, and is destroyed: callers were told so, and rely on it
   */
  learn(connection: DriverConnection): DriverConnection {
    const found = narrowedCapabilities(this.#declared, connection.capabilities);
    const lacking = this.#isKnown ? lackingBeside(found, this.#current) : [];
    if (lacking.length > 0) {
      const error = new DriverFault(
        `the server lacks what the first one of this pool had: ${lacking.join(", ")}; give servers that differ labels of their own`,
        { kind: "refused", connection: "dead", executed: "no", retry: "connect" },
      );
      connection.destroy(error);
      throw error;
    }
    if (!this.#isKnown) this.#current = found;
    this.#isKnown = true;
    return connection;
  }
}
