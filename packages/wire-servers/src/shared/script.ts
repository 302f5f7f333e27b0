/** Which statements a rule is for: the whole text (surrounding blanks aside), a pattern, or a test. */
export type StatementPattern = string | RegExp | ((text: string) => boolean);

interface Rule<Answer> {
  readonly pattern: StatementPattern;
  readonly answer: Answer;
  left: number;
}

/**
 * What a server answers by script instead of asking its database: for errors and behaviours that the database behind it cannot
 * produce. The first rule that fits and is not used up wins. Each server defines what an answer can be.
 *
 * @typeParam Answer - the server's own union of answers: rows, an error, hang, cut the connection.
 */
export class Script<Answer> {
  #rules: Rule<Answer>[] = [];

  /** Adds a rule, used `times` times (always, by default). */
  when(pattern: StatementPattern, answer: Answer, times = Number.POSITIVE_INFINITY): this {
    this.#rules.push({ pattern, answer, left: times });
    return this;
  }

  /** Adds a rule that is used once. */
  once(pattern: StatementPattern, answer: Answer): this {
    return this.when(pattern, answer, 1);
  }

  /** The answer for a statement, `undefined` when no rule is for it. Uses the rule up. */
  answerTo(text: string): Answer | undefined {
    const rule = this.#rules.find((it) => it.left > 0 && fits(it.pattern, text));
    if (rule === undefined) return undefined;
    rule.left -= 1;
    return rule.answer;
  }

  /** Forgets every rule. */
  clear(): void {
    this.#rules = [];
  }

  /** Rules with a limited use that were not used up: a test that ends with some did not do what it meant to do. */
  get unused(): readonly StatementPattern[] {
    return this.#rules.filter((it) => it.left > 0 && Number.isFinite(it.left)).map((it) => it.pattern);
  }
}

function fits(pattern: StatementPattern, text: string): boolean {
  if (typeof pattern === "string") return pattern.trim() === text.trim();
  if (typeof pattern === "function") return pattern(text);
  pattern.lastIndex = 0;
  return pattern.test(text);
}
