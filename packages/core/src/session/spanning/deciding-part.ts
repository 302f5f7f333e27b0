import { ParameterError, TransactionAbortedError, UniqueViolationError } from "../../errors/index.ts";
import { branchNameOf, nameOf } from "../database-context.ts";
import { runInScope } from "../scope.ts";
import { DatabasePart } from "./database-part.ts";
import { fence, isByHand, writeDecision } from "./decision-store.ts";
import { type DecidingPart, Overruled, type SpanningPart, type Verdict } from "./protocol.ts";

/** How long the decider is asked what became of a COMMIT whose answer was lost, in milliseconds, where the transaction's own time is over. */
const leastPatienceMs = 2_000;
/** One question of these. */
const questionMs = 1_000;
/** Between two of them, where the answer came at once. */
const pauseMs = 50;

/** The longest list of branches that a decision can hold, in characters. */
const longestList = 4_000;

/** The database of a transaction over several whose own commit is the decision. */
export class DecidingDatabasePart extends DatabasePart implements DecidingPart {
  #hasDecided = false;

  /** A decision is asked for in its own table, which every engine has. */
  protected override get asksAfterCommit(): boolean {
    return !this.#hasDecided && super.asksAfterCommit;
  }

  async decide(branches: readonly SpanningPart[]): Promise<void> {
    const { context } = this;
    const list = branchList(branches);
    if (list.length > longestList) {
      const message = `${nameOf(context)}: the labels of ${branches.length} databases do not fit into the ${longestList} characters of a decision`;
      throw new ParameterError(message, { database: this.label, engine: context.engine });
    }
    try {
      this.#hasDecided = true;
      await this.ownWork((executor) => writeDecision(executor, this.branch, "C", list));
    } catch (error) {
      if (!(error instanceof UniqueViolationError)) throw error;
      const message = `${nameOf(context)}: the transaction was rolled back by recovery before it was decided`;
      throw new Overruled(
        new TransactionAbortedError(message, { database: this.label, engine: context.engine, cause: error }),
      );
    }
  }

  override async commit(): Promise<void> {
    // Committing nothing would be taken for the decision.
    if (this.#hasDecided && this.server.connection === undefined) {
      const message = `${nameOf(this.context)}: the transaction had ended before it could be decided`;
      throw new TransactionAbortedError(message, { database: this.label, engine: this.context.engine });
    }
    await super.commit();
  }

  /** Asks again until the time of the transaction is over: a server that was restarted may be back by then. */
  async verdict(): Promise<Verdict | "committed by hand"> {
    const { clock } = this.context;
    const until = Math.max(this.bounds.deadline, clock.now() + leastPatienceMs);
    for (;;) {
      const asked = await this.#ask(Math.min(questionMs, until - clock.now()));
      if (asked !== "undecided" || clock.now() + pauseMs >= until) return asked;
      await new Promise<void>((resolve) => void clock.setTimer(resolve, pauseMs, { keepProcessAlive: true }));
    }
  }

  async #ask(limitMs: number): Promise<Verdict | "committed by hand"> {
    try {
      const known = await runInScope(undefined, () => fence(this.context, this.branch, limitMs));
      if (!isByHand(known)) return known.decision;
      this.known = "rolled back";
      return "committed by hand";
    } catch {
      return "undecided";
    }
  }
}

/** What people, and recovery, find in a decision: each branch's label, number, and the server's own number of it. ASCII only. */
function branchList(branches: readonly SpanningPart[]): string {
  const list = branches.map((part) =>
    part instanceof DatabasePart
      ? {
          ...branchNameOf(part.context),
          number: part.branch.number,
          native: part.native,
          at: part.context.target.address,
        }
      : { label: part.label },
  );
  const text = JSON.stringify(list);
  return beyondAscii.test(text) ? escaped(text) : text;
}

const beyondAscii = /[^ -~]/;

function escaped(text: string): string {
  return text.replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
