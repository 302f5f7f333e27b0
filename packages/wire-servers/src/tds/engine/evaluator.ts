import type { Expression } from "../tsql/ast.ts";
import { backingType, Emission, type TypedValue } from "../tsql/emission.ts";
import { expressionsOf } from "../tsql/emit-query.ts";
import { type SqlType, typeText } from "../types/sql-type.ts";
import type { Frame } from "./frame.ts";
import type { SqlSession } from "./session.ts";

/** Computes values and conditions that stand outside of a query: SET, IF, EXEC, THROW. */
export class Evaluator {
  readonly #session: SqlSession;
  readonly #frame: Frame;

  constructor(session: SqlSession, frame: Frame) {
    this.#session = session;
    this.#frame = frame;
  }

  /** A value with the type that the expression has, text where it is not certain. */
  async value(expression: Expression): Promise<TypedValue> {
    if (expression.kind === "literal") return { type: expression.type, value: expression.value };
    const emission = new Emission(this.#frame);
    if (expression.kind === "variable") return emission.variableValue(expression.name);
    const type = expressionsOf(emission).typeOf(expression) ?? { name: "nvarchar", length: 4000 };
    return this.valueAs(expression, type);
  }

  /** Several values. */
  async values(expressions: readonly Expression[]): Promise<readonly TypedValue[]> {
    const found: TypedValue[] = [];
    for (const expression of expressions) found.push(await this.value(expression));
    return found;
  }

  /** A value converted to a type. */
  async valueAs(expression: Expression, type: SqlType): Promise<TypedValue> {
    if (expression.kind === "literal" && (expression.value === null || typeText(expression.type) === typeText(type))) {
      return { type, value: expression.value };
    }
    const emission = new Emission(this.#frame);
    const text = `SELECT (${expressionsOf(emission).emit(expression)})::${backingType(type)}`;
    const { rows } = await this.#session.statement(() => this.#session.postgres.run(text, emission.values), true);
    return { type, value: rows[0]?.[0] ?? null };
  }

  /** Whether a condition holds; UNKNOWN does not. */
  async condition(expression: Expression): Promise<boolean> {
    const emission = new Emission(this.#frame);
    const text = `SELECT (${expressionsOf(emission).emit(expression)})`;
    const { rows } = await this.#session.statement(() => this.#session.postgres.run(text, emission.values), true);
    return rows[0]?.[0] === "t";
  }
}
