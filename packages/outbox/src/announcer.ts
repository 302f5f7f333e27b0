import { randomUUID } from "node:crypto";
import type { Database } from "@nsj/mdb-core";
import { outside } from "./outside.ts";

const limitMs = 5_000;

/**
 * Tells relays in other processes that something was committed: PostgreSQL's NOTIFY, by itself. Inside the transaction it would take a lock over
 * the whole server at commit, and a transaction with it cannot be prepared. It may be lost: relays look by themselves as well.
 */
export class Announcer {
  /** What it sends: relays that hear it, and are told of the same messages by a call, need not look once more. */
  readonly id = randomUUID();
  readonly #database: Database;
  readonly #channel: string;
  readonly #isOn: boolean;
  #isSending = false;
  #isAsked = false;

  constructor(database: Database, channel: string, isOn: boolean) {
    this.#database = database;
    this.#channel = channel;
    this.#isOn = isOn && database.engine === "postgres";
  }

  /** Returns at once. However often it is called while one is under way, one more follows. */
  announce(): void {
    if (!this.#isOn) return;
    this.#isAsked = true;
    if (!this.#isSending) void outside(() => this.#send());
  }

  async #send(): Promise<void> {
    this.#isSending = true;
    while (this.#isAsked) {
      this.#isAsked = false;
      try {
        await this.#database.query(
          "select pg_notify(:channel, :id) is null as told",
          { channel: this.#channel, id: this.id },
          { timeoutMs: limitMs },
        );
      } catch {
        // A pool that is busy or closed has other things to do: relays find the message when they look.
      }
    }
    this.#isSending = false;
  }
}
