import type { Encoded } from "./encoded.ts";
import { type Ahead, Flight } from "./flight.ts";
import type { NativeConnection } from "./native.ts";
import type { Session } from "./session.ts";
import { affectedBy } from "./tags.ts";

/** One text with many parameter sets, parsed once, in one write. Its own Sync makes a failing set end it; the later ones do not run. */
export class ManyFlight extends Flight<number> {
  protected readonly sql: string;
  readonly #session: Session;
  readonly #sets: readonly Encoded[];
  readonly #firstIndex: number;
  #done = 0;
  #affected = 0;

  /**
   * @param sets - the same text, at least once
   * @param firstIndex - the index of the first set among all sets of the caller
   */
  constructor(session: Session, ahead: Ahead, sets: readonly Encoded[], firstIndex: number) {
    super(session.link, ahead);
    this.#session = session;
    this.sql = sets[0]?.text ?? "";
    this.#sets = sets;
    this.#firstIndex = firstIndex;
  }

  protected write(connection: NativeConnection): void {
    connection.parse({ name: "", text: this.sql, types: this.#sets[0]?.types });
    for (const { values } of this.#sets) {
      connection.bind({ statement: "", values });
      connection.execute();
    }
    connection.sync();
  }

  protected override completed(tag: string): void {
    this.#done++;
    this.#session.changes.completed(tag, this.sql);
    this.#affected += affectedBy(tag) ?? 0;
  }

  protected override refused(): void {
    const error = this.failure?.error;
    if (typeof error !== "object" || error === null) return;
    Object.defineProperty(error, "parameterSetIndex", { value: this.#firstIndex + this.#done, enumerable: true });
  }

  protected outcome(): number {
    return this.#affected;
  }
}
