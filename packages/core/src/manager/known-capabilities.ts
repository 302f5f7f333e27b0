import {
  type Capabilities,
  type DriverConnection,
  DriverFault,
  lackingBeside,
  narrowedCapabilities,
} from "../driver/index.ts";

/** What a database can do: what its driver declares, and from the first connection on what that one's server has of it. */
export class KnownCapabilities {
  readonly #declared: Capabilities;
  #current: Capabilities;
  #isKnown = false;

  constructor(declared: Capabilities) {
    this.#declared = declared;
    this.#current = declared;
  }

  get current(): Capabilities {
    return this.#current;
  }

  /**
   * Takes note of a new connection.
   * @throws DriverFault for one that lacks what an earlier one had: callers were told so, and rely on it
   */
  note(connection: DriverConnection): void {
    const found = narrowedCapabilities(this.#declared, connection.capabilities);
    if (!this.#isKnown) {
      this.#isKnown = true;
      this.#current = found;
      return;
    }
    const lacking = lackingBeside(found, this.#current);
    if (lacking.length === 0) return;
    throw new DriverFault(
      `the server lacks what the first one of this pool had: ${lacking.join(", ")}; give servers that differ labels of their own`,
      { kind: "refused", connection: "dead", executed: "no", retry: "connect" },
    );
  }
}
