import type { ParameterHint, ParameterValue, Statement } from "../driver/index.ts";
import { describeFragment, type SqlContent } from "./fragment.ts";
import { isParameter } from "./parameter.ts";
import type { ParameterPlace, StatementTarget } from "./parameter-error.ts";
import { isScalar, type ParameterName, toParameterValue } from "./parameter-value.ts";
import { tooManyParameters } from "./placeholder.ts";

/** The checked values of one statement, in the engine's order. */
export class BoundValues {
  readonly values: ParameterValue[] = [];
  #hints: (ParameterHint | undefined)[] | undefined;
  readonly #target: StatementTarget;
  readonly #source: string | SqlContent;
  readonly #set: number | undefined;

  /**
   * @param source - the statement, for error messages
   * @param set - which of many sets of parameters this is, from 0
   */
  constructor(target: StatementTarget, source: string | SqlContent, set?: number) {
    this.#target = target;
    this.#source = source;
    this.#set = set;
  }

  /** For error messages; made when it is asked for, because nearly every statement is right. */
  get place(): ParameterPlace {
    const set = this.#set === undefined ? undefined : `parameter set ${this.#set}`;
    const statement = typeof this.#source === "string" ? this.#source : describeFragment(this.#source);
    return { ...this.#target, statement, set };
  }

  /** Sparse; absent when no value has a type of its own. */
  get hints(): readonly (ParameterHint | undefined)[] | undefined {
    return this.#hints;
  }

  /** @throws ParameterError when the value cannot be sent; `name` goes into the message. */
  add(item: unknown, name: ParameterName = this.values.length + 1): void {
    if (isScalar(item)) {
      this.values.push(item);
      return;
    }
    let value: unknown = item;
    if (isParameter(item) && item.direction === "in") {
      this.#hints ??= [];
      this.#hints[this.values.length] = item.column === undefined ? { type: item.type } : { column: item.column };
      value = item.value;
    }
    this.values.push(toParameterValue(value, name, this.place));
  }

  /** @throws ParameterError when there are more values than the engine takes. */
  checkCount(): void {
    if (this.values.length > this.#target.dialect.maxParameters)
      throw tooManyParameters(this.values.length, this.place);
  }

  /** The statement with these values. @throws ParameterError as `checkCount` */
  statement(text: string): Statement {
    this.checkCount();
    const hints = this.#hints;
    return hints === undefined ? { text, values: this.values } : { text, values: this.values, hints };
  }
}
