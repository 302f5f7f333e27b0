import { runControl } from "../control-statement.ts";
import type { Bind, RowSource } from "../engine.ts";
import { notUnderstood, OracleError } from "../oracle-error.ts";
import type { OracleSession } from "../oracle-session.ts";
import { type RenderedText, render, type TypedValue } from "../render.ts";
import { rowSourceOf } from "../row-source.ts";
import { quoted } from "../sql/names.ts";
import { expressionsOf } from "../sql/query.ts";
import type { Placeholder, TokenStream } from "../sql/token-stream.ts";
import type { TranslatedStatement } from "../statement-info.ts";
import { translate } from "../translate.ts";
import type { Argument, Block, Span, Step, Target } from "./ast.ts";
import { type Environment, type Held, Scope, wireType } from "./environment.ts";
import { CompilationError, isFoundAtCompilation, namedExceptions, PlsqlException } from "./exceptions.ts";
import { callArguments } from "./parse-block.ts";
import { plain, Return } from "./return.ts";
import { Subprograms } from "./subprograms.ts";

/** Leaves a loop. */
class Exit extends Error {}

/** Numbers that no block can catch: the call itself is over, or the block was never compiled. */
const uncatchable = new Set([28, 1013, 3113, 6550, 3001]);

/** Runs the statements of a block; its expressions and SQL go to PostgreSQL. */
export class Interpreter {
  readonly session: OracleSession;
  readonly subprograms: Subprograms;
  /** Result sets that the block has returned without a bind. */
  readonly results: RowSource[] = [];
  #rowCount = 0;

  constructor(session: OracleSession) {
    this.session = session;
    this.subprograms = new Subprograms(session);
  }

  async block(block: Block, source: TokenStream, outer: Environment): Promise<void> {
    const environment = { ...outer, scope: new Scope(outer.scope, block.exceptions) };
    for (const { name, type, value } of block.declarations) {
      environment.scope.declare(name, type);
      if (value !== undefined)
        await this.assign(environment, { kind: "variable", name }, await this.evaluate(value, source, environment));
    }
    try {
      await this.#steps(block.body, source, environment);
    } catch (error) {
      if (!(error instanceof OracleError) || uncatchable.has(error.number)) throw error;
      const handler = block.handlers.find((it) =>
        it.exceptions.some((name) => catches(name, error, environment.scope)),
      );
      if (handler === undefined) throw error;
      const inner = { ...environment, scope: new Scope(environment.scope) };
      inner.scope.declare("SQLCODE", undefined, {
        type: "NUMBER",
        value: String(error.number === 1403 ? 100 : -error.number),
      });
      inner.scope.declare("SQLERRM", undefined, { type: "VARCHAR2", value: error.message });
      await this.#steps(handler.body, source, inner, error);
    }
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
    return this.#single(
      render(sql, (index) => this.#value(stream.placeholders[index], environment)),
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
    const converted = await this.#single(
      render(`SELECT CAST(\ue0000\ue000 AS ${declared.postgres})`, () => held),
      "",
    );
    if (
      declared.maxBytes !== undefined &&
      !("rows" in converted) &&
      Buffer.byteLength(String(converted.value ?? "")) > declared.maxBytes
    ) {
      throw new OracleError(6502, "PL/SQL: numeric or value error: character string buffer too small");
    }
    variable.held = "rows" in converted ? converted : { type: wireType(declared), value: converted.value };
  }

  async #steps(
    steps: readonly Step[],
    source: TokenStream,
    environment: Environment,
    caught?: OracleError,
  ): Promise<void> {
    for (const step of steps) await this.#step(step, source, environment, caught);
  }

  async #step(
    step: Step,
    source: TokenStream,
    environment: Environment,
    caught: OracleError | undefined,
  ): Promise<void> {
    const run = (steps: readonly Step[], scope = environment.scope) =>
      this.#steps(steps, source, { ...environment, scope }, caught);
    switch (step.kind) {
      case "nothing":
      case "close":
        return undefined;
      case "assign":
        return this.assign(environment, step.target, await this.evaluate(step.value, source, environment));
      case "if": {
        for (const { condition, body } of step.branches)
          if (await this.#test(condition, source, environment)) return run(body);
        return run(step.otherwise);
      }
      case "while":
        return this.#loop(async () => {
          while (step.condition === undefined || (await this.#test(step.condition, source, environment)))
            await run(step.body);
        });
      case "range":
        return this.#loop(() => this.#range(step, source, environment, run));
      case "rows":
        return this.#loop(() => this.#rows(step, source, environment, run));
      case "exit":
        if (step.condition === undefined || (await this.#test(step.condition, source, environment))) throw new Exit();
        return undefined;
      case "return":
        throw new Return(step.value === undefined ? undefined : await this.evaluate(step.value, source, environment));
      case "raise":
        throw raised(step.exception, environment.scope, caught);
      case "sql":
        return this.#sql(textOf(source, step.text), environment);
      case "selectInto":
        return this.#selectInto(`${textOf(source, step.head)} ${textOf(source, step.tail)}`, step.targets, environment);
      case "immediate":
        return this.#immediate(step, source, environment);
      case "open":
        return this.#open(step, source, environment);
      case "call":
        return this.subprograms.call(this, step, source, environment);
      case "block":
        return this.block(step.block, source, environment);
    }
  }

  async #loop(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Exit)) throw error;
    }
  }

  async #range(
    step: Extract<Step, { kind: "range" }>,
    source: TokenStream,
    environment: Environment,
    run: (steps: readonly Step[], scope: Scope) => Promise<void>,
  ): Promise<void> {
    const first = Number(plain(await this.evaluate(step.first, source, environment)));
    const last = Number(plain(await this.evaluate(step.last, source, environment)));
    const count = Math.max(0, last - first + 1);
    for (let index = 0; index < count; index++) {
      const scope = new Scope(environment.scope);
      scope.declare(step.variable, undefined, {
        type: "NUMBER",
        value: String(step.reverse ? last - index : first + index),
      });
      await run(step.body, scope);
    }
  }

  async #rows(
    step: Extract<Step, { kind: "rows" }>,
    source: TokenStream,
    environment: Environment,
    run: (steps: readonly Step[], scope: Scope) => Promise<void>,
  ): Promise<void> {
    const { columns, rows } = await this.#query(textOf(source, step.query), environment);
    for (const row of rows) {
      const scope = new Scope(environment.scope);
      for (const [index, column] of columns.entries()) {
        scope.declare(`${step.variable}.${column.name}`, undefined, { type: column.type, value: row[index] ?? null });
      }
      await run(step.body, scope);
    }
  }

  async #test(condition: Span, source: TokenStream, environment: Environment): Promise<boolean> {
    return plain(await this.evaluate(condition, source, environment)) === true;
  }

  /** A statement of SQL that gives no rows. */
  async #sql(text: string, environment: Environment): Promise<void> {
    const translated = this.#translate(text, environment);
    if (translated.kind === "control") return runControl(this.session, translated.action);
    if (translated.kind !== "dml") throw notUnderstood(`this statement in PL/SQL: ${text}`);
    const { work } = this.session;
    const about = this.session.about(text, translated.verb);
    const { count, columns, rows } = await this.#compiled(() =>
      work.change(about, async () => {
        let changed = 0;
        let last = { columns: [], rows: [] } as ReturnType<typeof work.values>;
        for (const sql of translated.sql) {
          const result = await work.run(
            render(sql, (index) => this.#value(translated.placeholders[index], environment)),
          );
          changed += result.rowCount ?? 0;
          last = work.values(result);
        }
        return { result: { count: changed, ...last }, changed: changed > 0 };
      }),
    );
    this.#rowCount = count;
    if (translated.returnBinds.length === 0 || rows.length === 0) return;
    if (rows.length > 1) throw new OracleError(1422, "exact fetch returns more than requested number of rows");
    for (const [position, placeholder] of translated.returnBinds.entries()) {
      const column = columns[position];
      const target = translated.placeholders[placeholder];
      if (column !== undefined && target !== undefined) {
        await this.assign(environment, target, { type: column.type, value: rows[0]?.[position] ?? null });
      }
    }
  }

  async #selectInto(text: string, targets: readonly Target[], environment: Environment): Promise<void> {
    const { columns, rows } = await this.#query(text, environment);
    this.#rowCount = rows.length;
    if (rows.length === 0) throw new OracleError(1403, "no data found");
    if (rows.length > 1) throw new OracleError(1422, "exact fetch returns more than requested number of rows");
    for (const [index, target] of targets.entries()) {
      const column = columns[index];
      if (column === undefined) throw new OracleError(947, "not enough values");
      await this.assign(environment, target, { type: column.type, value: rows[0]?.[index] ?? null });
    }
  }

  async #immediate(
    step: Extract<Step, { kind: "immediate" }>,
    source: TokenStream,
    environment: Environment,
  ): Promise<void> {
    const text = String(plain(await this.evaluate(step.text, source, environment)) ?? "");
    const binds: Bind[] = [];
    for (const span of step.using) {
      const held = await this.evaluate(span, source, environment);
      if (!("rows" in held)) binds.push({ ...held, size: 0 });
    }
    const statement = this.session.prepare(text);
    const outcome = await statement.execute([binds], { batchErrors: false, commit: false, prefetch: 2 });
    this.#rowCount = outcome.rowCount;
    if (outcome.source === undefined) return;
    const { rows } = await outcome.source.read(2);
    await outcome.source.close();
    if (step.into.length === 0) return;
    if (rows.length !== 1)
      throw new OracleError(
        rows.length === 0 ? 1403 : 1422,
        rows.length === 0 ? "no data found" : "exact fetch returns more than requested number of rows",
      );
    for (const [index, target] of step.into.entries()) {
      const type = outcome.source.columns[index]?.type ?? "VARCHAR2";
      await this.assign(environment, target, { type, value: rows[0]?.[index] ?? null });
    }
  }

  async #open(step: Extract<Step, { kind: "open" }>, source: TokenStream, environment: Environment): Promise<void> {
    const text = step.dynamic
      ? String(plain(await this.evaluate(step.query, source, environment)) ?? "")
      : textOf(source, step.query);
    const { columns, rows } = await this.#query(text, environment);
    await this.assign(environment, step.target, { type: "REF CURSOR", rows: rowSourceOf(columns, rows) });
  }

  async #query(text: string, environment: Environment): Promise<ReturnType<OracleSession["work"]["values"]>> {
    const translated = this.#translate(text, environment);
    if (translated.kind !== "query") throw notUnderstood(`this query in PL/SQL: ${text}`);
    const rendered = render(translated.sql, (index) => this.#value(translated.placeholders[index], environment));
    const { work } = this.session;
    return this.#compiled(() =>
      work.change(this.session.about(text, "SELECT"), async () => {
        const result = work.values(await work.run(rendered));
        return { result, changed: translated.forUpdate !== undefined && result.rows.length > 0 };
      }),
    );
  }

  #translate(text: string, environment: Environment): TranslatedStatement {
    try {
      return translate(text, this.session.ddlContext, environment.scope.names);
    } catch (error) {
      throw error instanceof OracleError && isFoundAtCompilation(error) ? compilation(error) : error;
    }
  }

  async #compiled<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw error instanceof OracleError && isFoundAtCompilation(error) ? compilation(error) : error;
    }
  }

  async #single(rendered: RenderedText, text: string): Promise<Held> {
    const { work } = this.session;
    return this.#compiled(() =>
      work.change(this.session.about(text, "SELECT"), async () => {
        const result = await work.run(rendered);
        const value = result.rows[0]?.[0] ?? null;
        // PL/SQL has booleans, which no column of this server can have.
        if (result.columns[0]?.typeOid === 16) {
          return { result: { type: "BOOLEAN", value: value === null ? null : value === "t" } as const, changed: false };
        }
        const { columns, rows } = work.values(result);
        return {
          result: { type: columns[0]?.type ?? "VARCHAR2", value: rows[0]?.[0] ?? null } as TypedValue,
          changed: false,
        };
      }),
    );
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

  #value(placeholder: Placeholder | undefined, environment: Environment): TypedValue {
    if (placeholder === undefined) throw new RangeError("a placeholder without a meaning");
    if (placeholder.name === "SQL%ROWCOUNT") return { type: "NUMBER", value: String(this.#rowCount) };
    if (placeholder.name === "SQL%FOUND") return { type: "BOOLEAN", value: this.#rowCount > 0 };
    if (placeholder.name === "SQL%NOTFOUND") return { type: "BOOLEAN", value: this.#rowCount === 0 };
    const held =
      placeholder.kind === "bind"
        ? environment.binds.read(placeholder.name)
        : environment.scope.find(placeholder.name).held;
    if ("rows" in held) throw new OracleError(932, "inconsistent datatypes: expected - got CURSER");
    return held;
  }
}

function textOf(source: TokenStream, span: Span): string {
  return source.source(span.from, span.to);
}

function catches(name: string, error: OracleError, scope: Scope): boolean {
  if (name === "OTHERS") return true;
  if (error instanceof PlsqlException && error.exception !== undefined) return error.exception === name;
  return (scope.exceptionNumber(name) ?? namedExceptions[name]) === error.number;
}

function raised(name: string | undefined, scope: Scope, caught: OracleError | undefined): OracleError {
  if (name === undefined)
    return (
      caught ??
      new OracleError(
        6550,
        "line 1, column 1:\nPLS-00367: a RAISE statement with no exception name must be inside an exception handler",
      )
    );
  const number = scope.exceptionNumber(name) ?? namedExceptions[name];
  if (number !== undefined) return new PlsqlException(number, `exception ${quoted(name)}`);
  return new PlsqlException(6510, "PL/SQL: unhandled user-defined exception", name);
}

function compilation(error: OracleError): OracleError {
  return new CompilationError(1, 1, `PL/SQL: ${error.message}`);
}
