import { type ParameterHint, type ParameterValue, type ResultSet, type Statement, StatementCache } from "@nsj/mdb-core";
import { classify } from "./errors.ts";
import { refusal } from "./faults.ts";
import type { Link } from "./link.ts";
import type { NativeRequest } from "./native.ts";
import { learnTypes, type NullTypes, needsTypes } from "./null-types.ts";
import { ResultSets } from "./result-sets.ts";
import type { SessionChanges } from "./session-changes.ts";
import { type TextFacts, textFacts } from "./text-facts.ts";
import type { ParameterTypes, TypedParameter } from "./values.ts";

/** A statement ready to be sent. */
export interface Encoded {
  readonly text: string;
  readonly facts: TextFacts;
  readonly parameters: readonly TypedParameter[];
}

/** Sends statements over one connection. */
export class Statements {
  readonly #link: Link;
  readonly #types: ParameterTypes;
  readonly #nullTypes: NullTypes;
  readonly #changes: SessionChanges;
  readonly #facts = new StatementCache<TextFacts>(200);
  /** A text may have switched the counts of changed rows off, for everybody who comes after it. */
  #countsMayBeOff = false;

  constructor(link: Link, types: ParameterTypes, nullTypes: NullTypes, changes: SessionChanges) {
    this.#link = link;
    this.#types = types;
    this.#nullTypes = nullTypes;
    this.#changes = changes;
  }

  /** Gives the parameters their types. @throws DriverFault when they do not fit the text, or one of them its type */
  encode({ text, values, hints }: Statement): Encoded {
    let facts = this.#facts.get(text);
    if (facts === undefined) {
      facts = textFacts(text);
      this.#facts.set(text, facts);
    }
    // The server would not mind a value too many, and the caller should.
    if (values.length > facts.parameters || (values.length > 0 && !facts.everyOneUsed)) {
      throw refusal(
        "parameter",
        `the statement uses ${facts.parameters} parameters, and ${values.length} values were given`,
      );
    }
    const learnt = this.#nullTypes.get(text);
    const parameters = values.map((value, index) =>
      this.#types.typed(value, withLearnt(value, hints?.[index], learnt?.get(index))),
    );
    return { text, facts, parameters };
  }

  /** Runs a statement and gives everything. */
  async run(statement: Statement): Promise<ResultSet> {
    const encoded = this.encode(statement);
    const { inTransaction } = this.#link.native;
    let sets: ResultSets | undefined;
    try {
      await this.send(encoded, (request) => {
        sets = new ResultSets(request);
      });
    } catch (error) {
      // Under XACT_ABORT the refusal has ended the transaction: the statement must not run outside of it.
      const mayRunAgain = sets?.empty === true && this.#link.native.inTransaction === inTransaction;
      const again = mayRunAgain ? await this.#withTypesOfNulls(encoded, statement, error, inTransaction) : undefined;
      if (again === undefined) throw error;
      return this.#collect(again);
    }
    return (sets as ResultSets | undefined)?.chain(encoded.facts.single) ?? { columns: [], rows: [], affected: null };
  }

  /** Sends a statement; `listen` attaches listeners to the request. */
  async send({ text, facts, parameters }: Encoded, listen: (request: NativeRequest) => void): Promise<void> {
    if (this.#countsMayBeOff) {
      await this.#link.request("SET NOCOUNT OFF", "execSqlBatch", () => {});
      this.#countsMayBeOff = false;
    }
    // A text without parameters goes as a batch: what it makes, a temporary table for instance, lives on in the session.
    const dispatch = parameters.length === 0 ? "execSqlBatch" : "execSql";
    this.#countsMayBeOff = facts.nocount && dispatch === "execSqlBatch";
    const takeBack = this.#changes.sent(facts.traces[dispatch === "execSql" ? "sp_executesql" : "batch"]);
    try {
      await this.#link.request(text, dispatch, (request) => {
        for (const [index, { type, value, facets }] of parameters.entries()) {
          request.addParameter(`p${index + 1}`, type, value, facets);
        }
        listen(request);
      });
    } catch (error) {
      const { kind } = classify(error);
      if (kind === "syntax" || kind === "undefined-object") takeBack();
      throw error;
    }
  }

  async #collect(encoded: Encoded): Promise<ResultSet> {
    let sets: ResultSets | undefined;
    await this.send(encoded, (request) => {
      sets = new ResultSets(request);
    });
    return (sets as ResultSets | undefined)?.chain(encoded.facts.single) ?? { columns: [], rows: [], affected: null };
  }

  /**
   * The same statement with its NULLs typed, where the server refused it for their sake before it ran anything. Only for a text that is one
   * statement: nothing of it can have happened then.
   */
  async #withTypesOfNulls(
    encoded: Encoded,
    statement: Statement,
    error: unknown,
    inTransaction: boolean,
  ): Promise<Encoded | undefined> {
    const { code, connection } = classify(error);
    const untyped = encoded.parameters.some((it) => it.untyped === true);
    if (!untyped || connection !== "ok" || !encoded.facts.single || typeof code !== "number" || !needsTypes(code)) {
      return undefined;
    }
    const learnt = await learnTypes(this.#link, encoded.text, encoded.parameters);
    if (learnt === undefined || learnt.size === 0 || this.#link.native.inTransaction !== inTransaction)
      return undefined;
    this.#nullTypes.set(encoded.text, learnt);
    return this.encode(statement);
  }
}

function withLearnt(
  value: ParameterValue,
  hint: ParameterHint | undefined,
  learnt: string | undefined,
): ParameterHint | undefined {
  return value === null && hint?.type === undefined && learnt !== undefined ? { type: learnt } : hint;
}
