import type { Database } from "@nsj/mdb-core";
import { Backlog } from "./backlog.ts";
import { DoneMessages } from "./done-messages.ts";
import type { OutboxTables } from "./tables.ts";

/** What one relay does for all that share an outbox, beside its work, so that its sign of life never waits for it. */
export class Chores {
  readonly #done: DoneMessages | undefined;
  readonly #backlog: Backlog;
  readonly #onError: (error: unknown) => void;
  #underWay: Promise<void> | undefined;

  constructor(
    database: Database,
    tables: OutboxTables,
    keepMs: number | undefined,
    topics: readonly string[],
    onError: (error: unknown) => void,
  ) {
    this.#done = keepMs === undefined ? undefined : new DoneMessages(database, tables, keepMs);
    this.#backlog = new Backlog(database, tables, topics);
    this.#onError = onError;
  }

  /** Returns at once; does nothing while they are under way. @param ended - aborts when the relay ends */
  begin(ended: AbortSignal): void {
    this.#underWay ??= this.#do(ended).finally(() => {
      this.#underWay = undefined;
    });
  }

  /** They are another relay's now. Waits for what is under way. */
  async end(): Promise<void> {
    await this.#underWay;
    this.#backlog.end();
  }

  async #do(ended: AbortSignal): Promise<void> {
    for (const chore of [() => this.#backlog.tellSometimes(), () => this.#done?.forgetSometimes(ended)]) {
      try {
        await chore();
      } catch (error) {
        this.#onError(error);
      }
    }
  }
}
