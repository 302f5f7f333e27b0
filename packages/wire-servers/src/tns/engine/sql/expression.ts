import { OracleError } from "../oracle-error.ts";
import { functionCall, pseudoColumn } from "./functions.ts";
import { byteOffset } from "./lexer.ts";
import { datetimeLiteral, numberLiteral } from "./literals.ts";
import { isName, literal, name, quoted, quotedPath } from "./names.ts";
import { isNestedQuery } from "./nested-query.ts";
import { caseForm, castForm, trimForm } from "./special-forms.ts";
import { isPlaceholder, type TokenStream } from "./token-stream.ts";
import { topLevelItems } from "./top-level-items.ts";

/** Translates a query in parentheses; given by the translator of queries, so that the two do not import each other. */
export type Subquery = (stream: TokenStream) => string;

/** Translates Oracle's expressions to PostgreSQL's, from left to right. */
export class Expressions {
  readonly #stream: TokenStream;
  readonly #subquery: Subquery;

  constructor(stream: TokenStream, subquery: Subquery) {
    this.#stream = stream;
    this.#subquery = subquery;
  }

  /** A value or a condition. @throws OracleError ORA-00936 where there is none. */
  expression(): string {
    const parts = [this.conjunction()];
    while (this.#stream.accept("OR")) parts.push(this.conjunction());
    return parts.join(" OR ");
  }

  /** Conditions joined by AND. */
  conjunction(): string {
    return this.conjuncts().join(" AND ");
  }

  /** The conditions of a conjunction, one by one. */
  conjuncts(): string[] {
    const parts = [this.#negation()];
    while (this.#stream.accept("AND")) parts.push(this.#negation());
    return parts;
  }

  /** Expressions with commas between them. */
  list(): string[] {
    const items = [this.expression()];
    while (this.#stream.accept(",")) items.push(this.expression());
    return items;
  }

  #negation(): string {
    return this.#stream.accept("NOT") ? `NOT ${this.#negation()}` : this.#predicate();
  }

  #predicate(): string {
    let left = this.#sum();
    for (;;) {
      const next = this.#predicateTail(left);
      if (next === undefined) return left;
      left = next;
    }
  }

  #predicateTail(left: string): string | undefined {
    const stream = this.#stream;
    const comparison = stream.peek();
    if (comparison.kind === "symbol" && ["=", "<>", "!=", "^=", "<", ">", "<=", ">="].includes(comparison.value)) {
      stream.next();
      const operator = comparison.value === "!=" || comparison.value === "^=" ? "<>" : comparison.value;
      const quantifier = stream.word("ANY", "SOME", "ALL");
      if (quantifier !== undefined) return `${left} ${operator} ${quantifier} ${this.#parenthesised()}`;
      return `${left} ${operator} ${this.#sum()}`;
    }
    if (stream.accept("IS")) return this.#is(left);
    const not = stream.is("NOT") && ["IN", "LIKE", "BETWEEN"].includes(stream.peek(1).value);
    if (not) stream.next();
    const negated = not ? "NOT " : "";
    if (stream.accept("IN")) return `${left} ${negated}IN ${this.#inList()}`;
    if (stream.accept("BETWEEN")) {
      const low = this.#sum();
      stream.expect("AND", 905, "missing keyword");
      return `${left} ${negated}BETWEEN ${low} AND ${this.#sum()}`;
    }
    if (stream.accept("LIKE")) return this.#like(left, negated);
    return undefined;
  }

  #is(left: string): string {
    const stream = this.#stream;
    const negated = stream.accept("NOT") ? "NOT " : "";
    // PostgreSQL cannot guess the type of a parameter that is only asked whether it is NULL.
    if (stream.accept("NULL")) return `${isPlaceholder(left) ? `(${left})::text` : left} IS ${negated}NULL`;
    if (stream.accept("JSON")) return `(${left})::text IS ${negated}JSON`;
    if (stream.word("NAN", "INFINITE") !== undefined) throw stream.refuse("IS NAN");
    throw stream.error(908, "missing NULL keyword");
  }

  #like(left: string, negated: string): string {
    const pattern = this.#sum();
    // Without ESCAPE Oracle's patterns have no escape character at all.
    const escapedBy = this.#stream.accept("ESCAPE") ? this.#primary() : "''";
    return `${left} ${negated}LIKE ${pattern} ESCAPE ${escapedBy}`;
  }

  #inList(): string {
    if (!this.#stream.is("(")) return `(${this.#sum()})`;
    const at = this.#stream.at;
    const text = this.#parenthesised();
    const { length } = topLevelItems(text);
    if (length > 1000) {
      this.#stream.at = at;
      throw this.#stream.error(1795, "maximum number of expressions in a list is 1000");
    }
    return text;
  }

  /** A query, a value or a list of values in parentheses. */
  #parenthesised(): string {
    const stream = this.#stream;
    stream.expect("(");
    const text =
      stream.isOneOf("SELECT", "WITH") || isNestedQuery(stream) ? this.#subquery(stream) : this.list().join(", ");
    stream.expect(")");
    return `(${text})`;
  }

  #sum(): string {
    let text = this.#product();
    for (;;) {
      const operator = this.#operator("+", "-", "||");
      if (operator === undefined) return text;
      text += ` ${operator} ${this.#product()}`;
    }
  }

  #product(): string {
    let text = this.#signed();
    for (;;) {
      const operator = this.#operator("*", "/");
      if (operator === undefined) return text;
      text += ` ${operator} ${this.#signed()}`;
    }
  }

  #operator(...operators: readonly string[]): string | undefined {
    const token = this.#stream.peek();
    if (token.kind !== "symbol" || !operators.includes(token.value)) return undefined;
    this.#stream.next();
    return token.value;
  }

  #signed(): string {
    const sign = this.#operator("+", "-");
    // A blank, because "--" would start a comment.
    return sign === undefined ? this.#primary() : `${sign} ${this.#signed()}`;
  }

  #primary(): string {
    const stream = this.#stream;
    const token = stream.peek();
    switch (token.kind) {
      case "number":
        stream.next();
        return numberLiteral(token.value);
      case "string":
        stream.next();
        // The empty string is NULL.
        return token.value === "" ? "NULL" : literal(token.value);
      case "bind":
        stream.next();
        return stream.placeholder({ kind: "bind", name: token.value });
      case "symbol":
        if (token.value === "(") return this.#parenthesised();
        throw missingExpression(stream);
      case "end":
        throw missingExpression(stream);
      case "quoted":
        return this.#reference();
      case "word":
        return this.#word(token.value);
    }
  }

  #word(word: string): string {
    const stream = this.#stream;
    switch (word) {
      case "NULL":
      case "DEFAULT":
        stream.next();
        return word;
      case "CASE":
        return caseForm(stream, this);
      case "CAST":
        return castForm(stream, this);
      case "EXISTS":
        stream.next();
        return `EXISTS ${this.#parenthesised()}`;
      case "EXTRACT":
        throw stream.refuse();
      case "TRIM":
        if (stream.peek(1).value === "(") return trimForm(stream, this);
        break;
      case "DATE":
      case "TIMESTAMP":
        if (stream.peek(1).kind === "string") return datetimeLiteral(stream, word);
        throw missingExpression(stream);
      case "INTERVAL":
        if (stream.peek(1).kind === "string") throw stream.refuse();
        break;
    }
    if (stream.plsql && (word === "TRUE" || word === "FALSE")) {
      stream.next();
      return word;
    }
    if (stream.plsql && word === "SQL" && stream.peek(1).value === "%") {
      stream.at += 2;
      return stream.placeholder({ kind: "variable", name: `SQL%${stream.next().value}` });
    }
    const pseudo = pseudoColumn(stream);
    return pseudo ?? this.#reference();
  }

  /** A column, a variable, a sequence's value or a call of a function. */
  #reference(): string {
    const stream = this.#stream;
    if (!isName(stream) && !(stream.peek().kind === "word" && stream.peek(1).value === "("))
      throw missingExpression(stream);
    const start = stream.at;
    const first = stream.peek();
    const parts = first.kind === "word" && stream.peek(1).value === "(" ? [stream.next().value] : [name(stream)];
    while (stream.is(".")) {
      stream.next();
      parts.push(name(stream, 1747, "invalid user.table.column, table.column, or column specification"));
    }
    if (stream.is("(") && !stream.is("(", "+", ")")) return functionCall(stream, parts, this, first.kind === "quoted");
    if (stream.is("(", "+", ")")) throw stream.refuse("(+)");
    const sequence = sequenceValue(parts);
    if (sequence !== undefined) return sequence;
    if (first.kind === "word" && parts.length <= 2 && stream.variables.has(parts.join("."))) {
      return stream.placeholder({ kind: "variable", name: parts.join(".") });
    }
    if (parts.length > 3) {
      stream.at = start;
      throw stream.refuse();
    }
    return quotedPath(parts);
  }
}

function missingExpression(stream: TokenStream): OracleError {
  return new OracleError(936, "missing expression", byteOffset(stream.text, stream.peek().start));
}

function sequenceValue(parts: readonly string[]): string | undefined {
  const last = parts.at(-1);
  if (parts.length < 2 || (last !== "NEXTVAL" && last !== "CURRVAL")) return undefined;
  const path = parts.slice(0, -1).map(quoted).join(".");
  return `${last === "NEXTVAL" ? "nextval" : "currval"}(${literal(path)})::numeric`;
}
