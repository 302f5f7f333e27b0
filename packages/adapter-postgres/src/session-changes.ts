import type { BeginOptions } from "@nsj/mdb-core";
import type { Link } from "./link.ts";
import { deedOf } from "./tags.ts";
import { leavesTraces } from "./traces.ts";

/** Settings that a server reports and that change without anybody's doing. */
const serversOwn: ReadonlySet<string> = new Set(["in_hot_standby"]);

const readOnly = /\bread[\s_]+only\b/i;

/** What callers have done to a session, as far as their texts and the server's answers tell it without being asked. */
export class SessionChanges {
  /** How many transactions texts of callers have begun or ended. */
  txEnded = 0;
  /** Somebody has made the open transaction a read-only one. */
  readOnlyAsked = false;
  /** Callers have named the setting by which a commit need not be durable, in a transaction whose commit has to be. */
  isRelaxed = false;
  /** The commit of the open transaction has to be durable. */
  #decides = false;
  #noticed = false;
  /** The settings that the server reports by itself and that are not what they were, with what they were. */
  readonly #reported = new Map<string, string>();

  constructor(link: Link) {
    link.onSetting = (name, before, value) => this.#setting(name, before, value);
  }

  /** Whether the next borrower would see something of it. */
  get dirty(): boolean {
    return this.#noticed || this.#reported.size > 0;
  }

  /** Says that the session is, from now on, as it is meant to be. */
  set dirty(dirty: boolean) {
    this.#noticed = dirty;
    if (!dirty) this.#reported.clear();
  }

  /** A text is about to be sent. @param traces - what `leavesTraces` said of it, where that is known */
  sent(text: string, traces = leavesTraces(text)): void {
    if (traces) this.#noticed = true;
    if (this.#decides && /synchronous_commit/i.test(text)) this.isRelaxed = true;
  }

  /** A transaction is about to begin. */
  begins({ readOnly = false, decides = false }: BeginOptions): void {
    this.readOnlyAsked = readOnly;
    this.#decides = decides;
    this.isRelaxed = false;
  }

  /** The server has run a statement of a text. */
  completed(tag: string, text: string): void {
    const { turnsTransaction, changesSession } = deedOf(tag, text);
    if (turnsTransaction) {
      this.txEnded++;
      this.readOnlyAsked = false;
    }
    if ((turnsTransaction || tag === "SET") && readOnly.test(text)) this.readOnlyAsked = true;
    if (changesSession) this.#noticed = true;
  }

  /** What a transaction sets for itself comes back at its end, and is none then. */
  #setting(name: string, before: string, value: string): void {
    if (serversOwn.has(name)) return;
    const meant = this.#reported.get(name) ?? before;
    if (meant === value) this.#reported.delete(name);
    else this.#reported.set(name, meant);
  }
}
