import type { ResponseStream } from "../protocol/response-stream.ts";
import type { Expression, Statement } from "../tsql/ast.ts";
import { quote } from "../tsql/emission.ts";
import { Evaluator } from "./evaluator.ts";
import type { Frame } from "./frame.ts";
import { DataRunner } from "./run-data.ts";
import { DefinitionRunner } from "./run-definition.ts";
import { AttentionSignal, type SqlSession } from "./session.ts";
import { NotUnderstoodError, SqlServerError } from "./sql-server-error.ts";

/** How a list of statements ended. */
export type Completion = "end" | "return";

/** Thrown through a batch that an error has ended; the error was sent already. */
export class BatchEnded extends Error {}

/** Runs EXEC; kept apart because a procedure is run by a runner again. */
export type RunProcedure = (
  statement: Extract<Statement, { kind: "execute" | "execute-text" }>,
  runner: StatementRunner,
) => Promise<void>;

/** Runs the statements of one batch or procedure. */
export class StatementRunner {
  readonly session: SqlSession;
  readonly frame: Frame;
  readonly response: ResponseStream;
  readonly evaluator: Evaluator;
  /** What RETURN said. */
  returnValue = 0;
  readonly #data: DataRunner;
  readonly #definitions: DefinitionRunner;
  readonly #procedure: RunProcedure;

  constructor(session: SqlSession, frame: Frame, response: ResponseStream, procedure: RunProcedure) {
    this.session = session;
    this.frame = frame;
    this.response = response;
    this.evaluator = new Evaluator(session, frame);
    this.#data = new DataRunner(session, frame, response);
    this.#definitions = new DefinitionRunner(session, frame);
    this.#procedure = procedure;
  }

  /** Runs statements one after another. An error that ends only its statement is sent, and the next one runs. */
  async run(statements: readonly Statement[]): Promise<Completion> {
    for (const statement of statements) {
      const completion = await this.#one(statement);
      if (completion !== "end") return completion;
    }
    return "end";
  }

  /**
   * A batch is compiled before it starts: a column that a table does not have (207) and a variable that nobody declares (137) stop all of it. A table
   * that does not exist yet is looked for when its statement runs. https://learn.microsoft.com/previous-versions/sql/sql-server-2008-r2/ms190686(v=sql.105)
   */
  async resolveNames(statements: readonly Statement[]): Promise<void> {
    if (statements.length < 2) return;
    const frame = this.frame.copy();
    const data = new DataRunner(this.session, frame, this.response);
    for (const statement of statements) {
      if (statement.kind === "declare")
        for (const { name, type } of statement.variables) frame.declare(name, { type, value: null });
      else await data.resolveNames(statement);
    }
  }

  /** A DONE of this frame's kind. */
  done(command = 0, count?: number): void {
    const kind = this.frame.kind === "batch" ? "done" : "doneInProcedure";
    this.response.done(kind, count === undefined ? {} : { count }, command);
  }

  /** Drops the tables that live as long as the frame. */
  async close(): Promise<void> {
    const { postgres } = this.session;
    if (this.frame.ownTables.size === 0 || postgres.status === "failed") return;
    await postgres.script([...this.frame.ownTables].map((it) => `DROP TABLE IF EXISTS ${quote(it)}`).join(";"));
    this.frame.ownTables.clear();
  }

  async #one(statement: Statement): Promise<Completion> {
    this.session.checkAttention();
    try {
      const completion = await this.#execute(statement);
      this.session.errorNumber = 0;
      return completion;
    } catch (error) {
      if (error instanceof AttentionSignal || error instanceof BatchEnded || this.session.cancelled) throw error;
      const failure = await this.session.failure(error, commandOf(statement));
      if (failure.line === 1) failure.line = statement.line;
      if (failure.procedure === "") failure.procedure = this.frame.procedure;
      await this.#fail(failure);
      return "end";
    }
  }

  async #fail(error: SqlServerError): Promise<void> {
    const { session, response } = this;
    session.errorNumber = error.number;
    session.rowCount = 0;
    const endsTransaction = error.reach === "transaction" || (session.options.xactAbort && error.number !== 50_000);
    if (session.tryDepth > 0 && error.severity < 20) {
      if (endsTransaction) session.transaction.doom();
      throw error;
    }
    response.error(error);
    if (error.severity >= 20) session.fatal = true;
    if (endsTransaction) await session.transaction.abort(response);
    response.done(this.frame.kind === "batch" ? "done" : "doneInProcedure", { error: true });
    if (error.reach !== "statement" || endsTransaction || session.fatal) throw new BatchEnded(error.message);
  }

  async #execute(statement: Statement): Promise<Completion> {
    const { session, response } = this;
    switch (statement.kind) {
      case "select":
      case "insert":
      case "update":
      case "delete":
      case "merge":
      case "truncate":
        await this.#data.run(statement);
        return "end";
      case "insert-bulk":
        throw new NotUnderstoodError("INSERT BULK inside another batch");
      case "if":
        return this.#if(statement.condition, statement.then, statement.otherwise);
      case "block":
        return this.run(statement.body);
      case "try":
        return this.#try(statement.body, statement.handler);
      case "return":
        if (statement.value !== undefined)
          this.returnValue = Number((await this.evaluator.value(statement.value)).value ?? 0);
        return "return";
      case "throw":
        throw await this.#thrown(statement.arguments);
      case "raiserror":
        await this.#raise(statement.arguments);
        return "end";
      case "declare":
        await this.#declare(statement);
        return "end";
      case "set-variable":
        await this.#assign(statement.variable, statement.operator, statement.value);
        session.rowCount = 1;
        return "end";
      case "execute":
      case "execute-text":
        await this.#procedure(statement, this);
        return "end";
      case "begin-transaction":
        await session.transaction.begin(response, statement.name);
        break;
      case "commit":
        await session.transaction.commit(response);
        break;
      case "rollback":
        await session.transaction.rollback(response, statement.name);
        break;
      case "save":
        await session.transaction.save(statement.name);
        break;
      case "set-isolation":
        session.transaction.setLevel(statement.level);
        break;
      case "set-option": {
        const setting = session.options.set(statement.options, statement.value);
        if (setting !== undefined) await session.statement(() => session.postgres.run(setting), true);
        break;
      }
      case "set-identity-insert":
        session.identityInsertTable = statement.on ? statement.table.at(-1) : undefined;
        break;
      case "use":
        session.use(statement.database, response);
        break;
      case "wait":
        await this.#wait(statement.delay);
        break;
      case "kill":
        await this.#kill(statement.session);
        break;
      default:
        await this.#definitions.run(statement);
    }
    session.rowCount = 0;
    this.done();
    return "end";
  }

  async #if(condition: Expression, then: Statement, otherwise: Statement | undefined): Promise<Completion> {
    if (await this.evaluator.condition(condition)) return this.run([then]);
    return otherwise === undefined ? "end" : this.run([otherwise]);
  }

  async #try(body: readonly Statement[], handler: readonly Statement[]): Promise<Completion> {
    const { session } = this;
    const outer = session.handled;
    session.tryDepth += 1;
    try {
      return await this.run(body);
    } catch (error) {
      if (!(error instanceof SqlServerError)) throw error;
      session.handled = error;
    } finally {
      session.tryDepth -= 1;
    }
    try {
      return await this.run(handler);
    } finally {
      session.handled = outer;
    }
  }

  async #thrown(parts: readonly Expression[]): Promise<SqlServerError> {
    if (parts.length === 0) {
      const { handled } = this.session;
      if (handled !== undefined) {
        const { number, message, severity, state, line, procedure } = handled;
        return new SqlServerError(number, message, { severity, state, line, procedure, reach: "batch" });
      }
      const text =
        "To rethrow an error, a THROW statement must be used inside a CATCH block. Insert the THROW statement inside a CATCH block, or add error parameters to the THROW statement.";
      return new SqlServerError(10704, text, { severity: 15, reach: "batch" });
    }
    const [number, text, state] = await this.evaluator.values(parts);
    return new SqlServerError(Number(number?.value), String(text?.value ?? ""), {
      state: Number(state?.value),
      reach: "batch",
    });
  }

  async #raise(parts: readonly Expression[]): Promise<void> {
    const [first, severity, state, ...inserted] = await this.evaluator.values(parts);
    if (inserted.length > 0) throw new NotUnderstoodError("RAISERROR with inserted values");
    const text = String(first?.value ?? "");
    const level = Number(severity?.value);
    if (level <= 10) {
      this.response.info(50_000, level, Number(state?.value), text);
      return;
    }
    throw new SqlServerError(50_000, text, { severity: level, state: Number(state?.value) });
  }

  async #declare(statement: Extract<Statement, { kind: "declare" }>): Promise<void> {
    for (const variable of statement.variables) {
      this.frame.declare(variable.name, { type: variable.type, value: null });
      if (variable.value !== undefined) await this.#assign(variable.name, "=", variable.value);
    }
  }

  async #assign(variable: string, operator: string, expression: Expression): Promise<void> {
    const type = this.frame.typeOf(variable);
    if (type === undefined) {
      const text = `Must declare the scalar variable "${variable}".`;
      throw new SqlServerError(137, text, { severity: 15, state: 1, reach: "batch" });
    }
    const current: Expression = { kind: "variable", name: variable };
    const value: Expression =
      operator === "="
        ? expression
        : { kind: "binary", operator: operator.slice(0, -1), left: current, right: expression };
    this.frame.declare(variable, await this.evaluator.valueAs(value, type));
  }

  async #wait(delay: string): Promise<void> {
    const [, hours, minutes, seconds, fraction = "0"] =
      /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?$/.exec(delay) ?? [];
    if (hours === undefined)
      throw new SqlServerError(148, `Incorrect time syntax in time string '${delay}' used with WAITFOR.`, {
        severity: 15,
        reach: "batch",
      });
    const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds ?? 0);
    const milliseconds = whole * 1000 + Number(fraction.padEnd(3, "0"));
    let timer: NodeJS.Timeout | undefined;
    try {
      await this.session.orAttention(
        new Promise<void>((resolve) => {
          timer = setTimeout(resolve, milliseconds);
          timer.unref();
        }),
      );
    } finally {
      clearTimeout(timer);
    }
  }

  async #kill(expression: Expression): Promise<void> {
    const spid = Number((await this.evaluator.value(expression)).value);
    if (spid === this.session.spid) throw new SqlServerError(6104, "Cannot use KILL to kill your own process.");
    if (this.session.host.kill(spid)) return;
    throw new SqlServerError(6106, `Process ID ${spid} is not an active process ID.`);
  }
}

function commandOf(statement: Statement): string {
  if (statement.kind.startsWith("create-")) return "CREATE";
  return statement.kind.toUpperCase();
}
