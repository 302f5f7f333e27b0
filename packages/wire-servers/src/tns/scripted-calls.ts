import { OracleError } from "./engine/oracle-error.ts";
import type { ScriptedAnswer } from "./scripted-answer.ts";
import type { Play } from "./statement-calls.ts";

/** The calls of one session, where a script can take the database's place. */
export class ScriptedCalls {
  readonly #answerTo: (text: string) => ScriptedAnswer | undefined;
  readonly #cut: (ending: "end" | "reset" | undefined) => void;
  #stop: ((error: OracleError) => void) | undefined;

  constructor(
    answerTo: (text: string) => ScriptedAnswer | undefined,
    cut: (ending: "end" | "reset" | undefined) => void,
  ) {
    this.#answerTo = answerTo;
    this.#cut = cut;
  }

  /**
   * Runs a call, or what the script makes of it. `text` is what scripts know it by.
   * @throws Cut when the connection was ended instead of an answer
   */
  async run<Result>(text: string, run: () => Promise<Result>, play: Play<Result>): Promise<Result> {
    const answer = this.#answerTo(text);
    switch (answer?.kind) {
      case undefined:
        return run();
      case "error":
        throw new OracleError(answer.number, answer.words, answer.position);
      case "hang":
        return new Promise((_, reject) => {
          this.#stop = reject;
        });
      case "cut":
        if (answer.afterwards === true) await run();
        this.#cut(answer.ending);
        throw new Cut();
      case "rows":
      case "count":
        return play(answer);
    }
  }

  /** Ends a call that hangs. */
  stopHanging(error: OracleError): void {
    this.#stop?.(error);
  }
}

/** For calls whose answer no script can make up. */
export function notByScript(): never {
  throw new RangeError("a script can end this call, but not make up its answer");
}

/** The connection was ended instead of answering. */
export class Cut extends Error {}
