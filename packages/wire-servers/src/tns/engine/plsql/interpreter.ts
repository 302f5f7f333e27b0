import type { RowSource } from "../engine.ts";
import type { OracleSession } from "../oracle-session.ts";
import { render } from "../render.ts";
import { rowSourceOf } from "../row-source.ts";
import { expressionsOf } from "../sql/query.ts";
import type { TokenStream } from "../sql/token-stream.ts";
import type { Argument, Block, Span, Step, Target } from "./ast.ts";
import type { BlockRunner } from "./block-runner.ts";
import { type Assignment, BlockSql } from "./block-sql.ts";
import { type Environment, type Held, Scope } from "./environment.ts";
import { callArguments } from "./parse-step.ts";
import { plain, Return } from "./return.ts";
import { Subprograms } from "./subprograms.ts";

/** Runs the statements of a block; its expressions and SQL go to PostgreSQL. */
export class Interpreter implements BlockRunner {
  readonly session: OracleSession;
  readonly subprograms: Subprograms;
  readonly results: RowSource[] = [];
  readonly #sql: BlockSql;

  constructor(session: OracleSession) {
    this.session = session;
    this.subprograms = new Subprograms(session);
    this.#sql = new BlockSql(session);
  }

  async block(block: Block, source: TokenStream, outer: Environment): Promise<void> {
    const environment = { ...outer, scope: new Scope(outer.scope) };
    for (const { name, type, value } of block.declarations) {
      environment.scope.declare(name, type);
      if (value !== undefined)
        await this.assign(environment, { kind: "variable", name }, await this.evaluate(value, source, environment));
    }
    for (const step of block.body) await this.#step(step, source, environment);
  }

  /** The value of an expression. */
  async evaluate(span: Span, source: TokenStream, environment: Environment, postgresType = ""): Promise<Held> {
    const called = await this.#functionCall(span, source, environment);
    if (called !== undefined) return called;
    const [only] = source.slice(span.from, span.to);
    if (span.to - span.from === 1 && only !== undefined) {
      const held = this.#heldBy(only.kind === "bind" ? "bind" : "variable", only.value, environment);
      if (held !== undefined && (postgresType === "" || "rows" in held)) return held;
    }
    const stream = source.fork(span.from, environment.scope.names);
    const text = expressionsOf(stream).expression();
    if (stream.at !== span.to) throw stream.refuse();
    const sql = postgresType === "" ? `SELECT ${text}` : `SELECT CAST(${text} AS ${postgresType})`;
    return this.#sql.single(
      render(sql, (index) => this.#sql.value(stream.placeholders[index], environment)),
      stream.text,
    );
  }

  /** Puts a value into a variable, by its type, or into a bind. */
  async assign(environment: Environment, target: Target, held: Held): Promise<void> {
    if (target.kind === "bind") {
      environment.binds.write(target.name, held);
      return;
    }
    const variable = environment.scope.find(target.name);
    const declared = variable.declared;
    if (declared === undefined || declared.postgres === "" || "rows" in held || declared.postgres === "refcursor") {
      variable.held = held;
      return;
    }
    variable.held = await this.#sql.converted(declared, held);
  }

  async #step(step: Step, source: TokenStream, environment: Environment): Promise<void> {
    switch (step.kind) {
      case "nothing":
      case "close":
        return undefined;
      case "assign":
        return this.assign(environment, step.target, await this.evaluate(step.value, source, environment));
      case "return":
        throw new Return(step.value === undefined ? undefined : await this.evaluate(step.value, source, environment));
      case "sql":
        return this.#assignAll(environment, await this.#sql.run(textOf(source, step.text), environment));
      case "selectInto":
        return this.#selectInto(step, source, environment);
      case "immediate":
        return this.#sql.immediate(String(plain(await this.evaluate(step.text, source, environment)) ?? ""));
      case "open":
        return this.#open(step, source, environment);
      case "call":
        return this.subprograms.call(this, step, source, environment);
      case "block":
        return this.block(step.block, source, environment);
    }
  }

  async #assignAll(environment: Environment, assignments: readonly Assignment[]): Promise<void> {
    for (const [target, held] of assignments) await this.assign(environment, target, held);
  }

  async #selectInto(
    { head, tail, targets }: Extract<Step, { kind: "selectInto" }>,
    source: TokenStream,
    environment: Environment,
  ): Promise<void> {
    const text = `${textOf(source, head)} ${textOf(source, tail)}`;
    await this.#assignAll(environment, await this.#sql.selectInto(text, targets, environment));
  }

  async #open(step: Extract<Step, { kind: "open" }>, source: TokenStream, environment: Environment): Promise<void> {
    const text = step.dynamic
      ? String(plain(await this.evaluate(step.query, source, environment)) ?? "")
      : textOf(source, step.query);
    const { columns, rows } = await this.#sql.query(text, environment);
    await this.assign(environment, step.target, { type: "REF CURSOR", rows: rowSourceOf(columns, rows) });
  }

  /** `f(a, b)` alone, where `f` is a function of PL/SQL. */
  async #functionCall(span: Span, source: TokenStream, environment: Environment): Promise<Held | undefined> {
    const stream = source.fork(span.from, environment.scope.names);
    const path: string[] = [];
    do {
      const token = stream.peek();
      if (token.kind !== "word" && token.kind !== "quoted") return undefined;
      path.push(stream.next().value);
    } while (stream.accept("."));
    let args: Argument[] = [];
    if (stream.is("(")) args = callArguments(stream);
    if (stream.at !== span.to || (args.length === 0 && environment.scope.names.has(path.join(".")))) return undefined;
    return this.subprograms.evaluate(this, { kind: "call", name: path, args, at: span.from }, source, environment);
  }

  #heldBy(kind: "bind" | "variable", name: string, environment: Environment): Held | undefined {
    if (kind === "bind") return environment.binds.read(name);
    return environment.scope.names.has(name) ? environment.scope.find(name).held : undefined;
  }
}

function textOf(source: TokenStream, span: Span): string {
  return source.source(span.from, span.to);
}
