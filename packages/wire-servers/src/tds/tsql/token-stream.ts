import { NotUnderstoodError, type SqlServerError, syntaxError } from "../engine/sql-server-error.ts";
import { maxLength, type SqlType, sqlType } from "../types/sql-type.ts";
import type { Name, Query, Statement } from "./ast.ts";
import { type Token, tokenize } from "./token.ts";

/** Words that end an expression or a table and can therefore not be an alias without AS. T-SQL reserves all of them. */
const reserved = new Set(
  `ADD ALL ALTER AND ANY AS ASC BACKUP BEGIN BETWEEN BREAK BROWSE BULK BY CASCADE CASE CHECK CLOSE COALESCE COLLATE COLUMN COMMIT
  CONSTRAINT CONTINUE CONVERT CREATE CROSS CURRENT_TIMESTAMP CURSOR DATABASE DECLARE DEFAULT DELETE DENY DESC DISTINCT DROP ELSE END
  ESCAPE EXCEPT EXEC EXECUTE EXISTS FETCH FOR FOREIGN FROM FULL FUNCTION GOTO GRANT GROUP HAVING HOLDLOCK IDENTITY IF IN INDEX INNER
  INSERT INTERSECT INTO IS JOIN KEY KILL LEFT LIKE MERGE NOT NULL NULLIF OF OFF ON OPEN OPTION OR ORDER OUTER OVER PERCENT PIVOT PRIMARY
  PRINT PROC PROCEDURE RAISERROR REFERENCES RETURN REVOKE RIGHT ROLLBACK SAVE SCHEMA SELECT SET SOME TABLE THEN TO TOP TRAN TRANSACTION
  TRIGGER TRUNCATE UNION UNIQUE UNPIVOT UPDATE USE USER VALUES VIEW WAITFOR WHEN WHERE WHILE WITH`.split(/\s+/),
);

/** The rules that others are nested in: an expression may hold a query, a trigger holds statements. */
export interface Grammar {
  readonly query: (tokens: TokenStream) => Query;
  readonly statement: (tokens: TokenStream) => Statement;
}

/** Walks over the tokens of a batch; the parser's one source. */
export class TokenStream {
  readonly source: string;
  readonly grammar: Grammar;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(source: string, grammar: Grammar) {
    this.source = source;
    this.grammar = grammar;
    this.#tokens = tokenize(source);
  }

  /** The token that comes next, or one further on. */
  peek(ahead = 0): Token {
    const token = this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)];
    if (token === undefined) throw new RangeError("a token stream has at least its end");
    return token;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== "end") this.#at += 1;
    return token;
  }

  /** A place to come back to. */
  get position(): number {
    return this.#at;
  }
  set position(value: number) {
    this.#at = value;
  }

  get atEnd(): boolean {
    return this.peek().kind === "end";
  }

  /** Whether the next tokens are these keywords. */
  sees(...keywords: readonly string[]): boolean {
    return keywords.every((keyword, index) => this.peek(index).keyword === keyword);
  }

  /** Whether the next token is one of these keywords. */
  seesAny(...keywords: readonly string[]): boolean {
    return keywords.includes(this.peek().keyword) && this.peek().keyword !== "";
  }

  /** Takes these keywords if they come next. */
  accepts(...keywords: readonly string[]): boolean {
    if (!this.sees(...keywords)) return false;
    this.#at += keywords.length;
    return true;
  }

  /** Takes these keywords, or fails. */
  expect(...keywords: readonly string[]): void {
    for (const keyword of keywords) if (!this.accepts(keyword)) throw this.unexpected();
  }

  seesSymbol(symbol: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === "symbol" && token.text === symbol;
  }

  acceptsSymbol(symbol: string): boolean {
    if (!this.seesSymbol(symbol)) return false;
    this.#at += 1;
    return true;
  }

  expectSymbol(symbol: string): void {
    if (!this.acceptsSymbol(symbol)) throw this.unexpected();
  }

  /** The error of SQL Server for the next token being where it is. */
  unexpected(): SqlServerError {
    const token = this.peek();
    if (token.kind === "end") {
      const last = this.#tokens[this.#at - 1];
      return syntaxError(last?.text ?? "", false, token.line);
    }
    return syntaxError(token.text, reserved.has(token.keyword), token.line);
  }

  /** The refusal of something that SQL Server would understand and this server does not. */
  refuse(what: string): NotUnderstoodError {
    return new NotUnderstoodError(`${what}, near: ${this.source.slice(this.peek().start, this.peek().start + 60)}`);
  }

  /** Whether a query starts here, maybe in parentheses. */
  seesQuery(): boolean {
    let ahead = 0;
    while (this.seesSymbol("(", ahead)) ahead += 1;
    return ["SELECT", "WITH"].includes(this.peek(ahead).keyword);
  }

  /** Whether the next token can be an identifier. */
  seesIdentifier(ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === "name" || (token.kind === "word" && !reserved.has(token.keyword));
  }

  /** One identifier. */
  identifier(): string {
    if (!this.seesIdentifier()) throw this.unexpected();
    return this.next().text;
  }

  /** An object's name of up to three parts; `db..table` has an empty one in the middle. */
  name(): Name {
    const parts = [this.identifier()];
    while (this.acceptsSymbol(".")) {
      parts.push(this.seesSymbol(".") ? "" : this.identifier());
    }
    if (parts.length > 3) throw this.refuse("a name with a linked server");
    return parts;
  }

  /** `(item, item, ...)`, at least one. */
  parenthesized<Item>(item: () => Item): Item[] {
    this.expectSymbol("(");
    const items = this.list(item);
    this.expectSymbol(")");
    return items;
  }

  /** `item, item, ...`, at least one. */
  list<Item>(item: () => Item): Item[] {
    const items = [item()];
    while (this.acceptsSymbol(",")) items.push(item());
    return items;
  }

  /** A data type with its facets. `lengthWhenOmitted` as for `sqlType`. */
  type(lengthWhenOmitted = 1): SqlType {
    const line = this.peek().line;
    let name = this.identifier().toLowerCase();
    if (name === "sys" && this.acceptsSymbol(".")) name = this.identifier().toLowerCase();
    if (name === "double" && this.accepts("PRECISION")) name = "float";
    if (name === "national") name = `n${this.identifier().toLowerCase()}`;
    if (["character", "char", "varchar", "binary", "nchar"].includes(name) && this.accepts("VARYING"))
      name = `var${name}`;
    const facets = this.seesSymbol("(") ? this.parenthesized(() => this.#facet()) : [];
    const type = sqlType(name, facets, lengthWhenOmitted);
    if (type !== undefined) return type;
    if (sqlType(name) === undefined) throw this.refuse(`the type ${name}`);
    throw syntaxError(name, false, line);
  }

  #facet(): number {
    if (this.accepts("MAX")) return maxLength;
    const token = this.next();
    if (token.kind !== "number" || !/^\d+$/.test(token.text)) throw this.unexpected();
    return Number(token.text);
  }
}
