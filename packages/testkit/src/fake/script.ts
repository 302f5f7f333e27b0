import type { ResultSet } from "@nsj/mdb-core";
import type { FakeFailure } from "./fake-error.ts";

/** What a script can speak of: opening a connection, or a member of one. */
export type FakeMember =
  | "connect"
  | "query"
  | "begin"
  | "commit"
  | "rollback"
  | "close"
  | "ping"
  | "reset"
  | "cancel"
  | "stream"
  | "read"
  | "executeMany"
  | "bulkLoad"
  | "call"
  | "fateOf"
  | "savepoint"
  | "rollbackTo"
  | "releaseSavepoint";

/** What happens instead of the usual. */
export type FakeAction =
  /** Gives this result; for `query` and `call`. What is left out is empty. */
  | { readonly answer: Partial<ResultSet> }
  /** Fails like this without doing anything. With `connection: "dead"` the connection dies, and an open transaction with it. */
  | { readonly fail: FakeFailure }
  /** Does what was asked for, and then fails: an answer that was lost on its way. */
  | { readonly doThenFail: FakeFailure }
  /** Does not settle: until `cancel`, `destroy`, or the deadline or signal of a `connect`. */
  | { readonly hang: true }
  /** Waits for this first, and then does what was asked for. */
  | { readonly waitFor: PromiseLike<unknown> };

/** One line of a script. */
export interface FakeRule {
  readonly on: FakeMember;
  /** Only statements whose text is this, or matches it. Default: all. */
  readonly text?: string | RegExp;
  /** Only this connection, counted from 1 in the order of opening. Default: all. */
  readonly connection?: number;
  /** How often it applies before it is used up. Default 1. */
  readonly times?: number;
  readonly action: FakeAction;
}

/** Rules in the order in which they were given; the first that fits is used. */
export class Script {
  readonly #rules: { readonly rule: FakeRule; left: number }[] = [];

  add(rules: readonly FakeRule[]): void {
    for (const rule of rules) this.#rules.push({ rule, left: rule.times ?? 1 });
  }

  /** Forgets every rule. */
  clear(): void {
    this.#rules.length = 0;
  }

  take(on: FakeMember, connection: number, text: string | undefined): FakeAction | undefined {
    for (const entry of this.#rules) {
      const { rule } = entry;
      if (entry.left <= 0 || rule.on !== on) continue;
      if (rule.connection !== undefined && rule.connection !== connection) continue;
      if (rule.text !== undefined && !matches(rule.text, text ?? "")) continue;
      entry.left -= 1;
      return rule.action;
    }
    return undefined;
  }
}

function matches(pattern: string | RegExp, text: string): boolean {
  return typeof pattern === "string" ? pattern === text : text.search(pattern) >= 0;
}
