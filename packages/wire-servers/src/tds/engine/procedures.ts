import type { ResponseStream } from "../protocol/response-stream.ts";
import type { RpcParameter, RpcRequest } from "../protocol/rpc.ts";
import type { Name, Statement } from "../tsql/ast.ts";
import { parseBatch, parseParameterList, parseProcedureName, parseProcedureText } from "../tsql/parse-statement.ts";
import { plain } from "../types/sql-type.ts";
import { lockApplication } from "./application-locks.ts";
import { type Argument, bind, type Outcome, outcomeOf, textOf } from "./arguments.ts";
import { describeParameters } from "./describe-parameters.ts";
import { Frame } from "./frame.ts";
import { procedureKey } from "./run-definition.ts";
import { BatchEnded, StatementRunner } from "./runner.ts";
import type { SqlSession } from "./session.ts";
import { NotUnderstoodError, SqlServerError } from "./sql-server-error.ts";

/** Most parameters of one request. */
const maximumParameters = 2100;

/** Runs a batch that a client has sent. Its errors are sent, not thrown. */
export async function runBatch(session: SqlSession, text: string, response: ResponseStream): Promise<void> {
  const frame = new Frame("batch", session);
  await sendingErrors(session, response, "done", async () => {
    const runner = new StatementRunner(session, frame, response, executeStatement);
    try {
      const statements = parseBatch(text);
      await runner.resolveNames(statements);
      await runner.run(statements);
    } finally {
      await runner.close();
    }
  });
}

/** Runs a remote procedure call, [MS-TDS] 2.2.6.6: its results, the status, output parameters and DONEPROC. */
export async function runRpc(session: SqlSession, request: RpcRequest, response: ResponseStream): Promise<void> {
  const before = session.transaction.count;
  await sendingErrors(session, response, "doneProcedure", async () => {
    if (request.parameters.length > maximumParameters) {
      const text =
        "The incoming request has too many parameters. The server supports a maximum of 2100 parameters. Reduce the number of parameters and resend the request.";
      throw new SqlServerError(8003, text, { reach: "batch" });
    }
    const outcome = await call(
      session,
      parseProcedureName(request.procedure),
      request.parameters.map(fromWire),
      response,
    );
    warnOfTransactionCount(session, before, response);
    if (await session.endDoomed(response)) throw new BatchEnded("its transaction was doomed");
    response.tokens.returnStatus(outcome.status);
    outcome.output.forEach(({ name, value }, index) => {
      const text = Buffer.isBuffer(value.value) ? `\\x${value.value.toString("hex")}` : value.value;
      response.tokens.returnValue(index, name, value.type, text);
    });
    response.done("doneProcedure");
  });
}

/** EXEC as a statement. */
async function executeStatement(
  statement: Extract<Statement, { kind: "execute" | "execute-text" }>,
  runner: StatementRunner,
): Promise<void> {
  const { session, frame, response } = runner;
  const before = session.transaction.count;
  if (statement.kind === "execute-text") {
    const { value } = await runner.evaluator.value(statement.text);
    await inFrame(session, "", response, async (inner) => {
      await inner.run(parseBatch(String(value ?? "")));
    });
    return;
  }
  const found: Argument[] = [];
  for (const argument of statement.arguments) {
    const value = argument.value === "default" ? "default" : await runner.evaluator.value(argument.value);
    found.push({ name: argument.name ?? "", value, output: argument.output });
  }
  const outcome = await call(session, statement.procedure, found, response);
  warnOfTransactionCount(session, before, response);
  if (statement.result !== undefined)
    frame.declare(statement.result, { type: plain("int"), value: String(outcome.status) });
  statement.arguments.forEach((argument, index) => {
    if (!argument.output || argument.value === "default" || argument.value.kind !== "variable") return;
    const name = argument.name;
    const given = outcome.output.find((it) =>
      name === undefined ? false : it.name.toLowerCase() === name.toLowerCase(),
    );
    const value =
      given?.value ?? outcome.output.filter((_, at) => at === outputIndex(statement.arguments, index))[0]?.value;
    const type = frame.typeOf(argument.value.name);
    if (value !== undefined && type !== undefined) frame.declare(argument.value.name, { type, value: value.value });
  });
  response.tokens.returnStatus(outcome.status);
  response.done("doneProcedure");
}

function outputIndex(all: readonly { readonly output: boolean }[], index: number): number {
  return all.slice(0, index).filter((it) => it.output).length;
}

/** 266: a procedure, and sp_executesql is one, must leave the transaction count as it was. The work stays done. */
function warnOfTransactionCount(session: SqlSession, before: number, response: ResponseStream): void {
  const now = session.transaction.count;
  if (now === before) return;
  const text = `Transaction count after EXECUTE indicates a mismatching number of BEGIN and COMMIT statements. Previous count = ${before}, current count = ${now}.`;
  response.error(new SqlServerError(266, text, { state: 2 }));
}

async function sendingErrors(
  session: SqlSession,
  response: ResponseStream,
  kind: "done" | "doneProcedure",
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
    if (await session.endDoomed(response)) response.done(kind, { error: true });
  } catch (error) {
    if (error instanceof BatchEnded) {
      const doomed = await session.endDoomed(response);
      if (kind === "doneProcedure" || doomed) response.done(kind, { error: true });
      return;
    }
    if (session.cancelled) throw error;
    const failure = await session.failure(error, "");
    response.error(failure);
    if (failure.reach === "transaction") await session.transaction.abort(response);
    response.done(kind, { error: true });
  }
}

function fromWire(parameter: RpcParameter): Argument {
  const { name, type, value, output } = parameter;
  return { name, value: { type, value }, output };
}

async function call(
  session: SqlSession,
  procedure: Name,
  given: readonly Argument[],
  response: ResponseStream,
): Promise<Outcome> {
  const name = procedure.at(-1)?.toLowerCase() ?? "";
  switch (name) {
    case "sp_executesql": {
      const [text, declarations, ...rest] = given;
      return runText(session, textOf(text), declarations === undefined ? "" : textOf(declarations), rest, response);
    }
    case "sp_set_session_context": {
      const [key, value, readOnly] = given;
      const stored = value === undefined || value.value === "default" ? undefined : value.value;
      session.contextValues.set(textOf(key), stored, ["1", "true"].includes(textOf(readOnly).toLowerCase()));
      return { status: 0, output: [] };
    }
    case "sp_describe_undeclared_parameters": {
      const [text, declarations] = given;
      await describeParameters(session, textOf(text), declarations === undefined ? "" : textOf(declarations), response);
      return { status: 0, output: [] };
    }
    case "sp_getapplock":
    case "sp_releaseapplock":
      return lockApplication(session, name, given);
    case "sp_prepare":
    case "sp_prepexec":
      throw new NotUnderstoodError(name);
    default:
      return runModule(session, procedure, given, response);
  }
}

/** sp_executesql: a batch with parameters, in a scope of its own. */
async function runText(
  session: SqlSession,
  text: string,
  declarations: string,
  given: readonly Argument[],
  response: ResponseStream,
): Promise<Outcome> {
  const parameters = parseParameterList(declarations);
  return inFrame(session, "", response, async (runner) => {
    await bind(runner, parameters, given, "");
    const statements = parseBatch(text);
    await runner.resolveNames(statements);
    await runner.run(statements);
    return outcomeOf(runner, parameters, given);
  });
}

async function runModule(
  session: SqlSession,
  procedure: Name,
  given: readonly Argument[],
  response: ResponseStream,
): Promise<Outcome> {
  const { rows } = await session.statement(
    () =>
      session.postgres.run(
        "SELECT definition FROM mssql.procedures WHERE schema = $1::text AND name = $2::text",
        procedureKey(procedure),
      ),
    true,
  );
  const definition = rows[0]?.[0];
  if (definition == null) {
    throw new SqlServerError(2812, `Could not find stored procedure '${procedure.join(".")}'.`, {
      state: 62,
      reach: "batch",
    });
  }
  const module = parseProcedureText(definition);
  return inFrame(session, procedure.at(-1) ?? "", response, async (runner) => {
    await bind(runner, module.parameters, given, procedure.at(-1) ?? "");
    await runner.run(module.body);
    return outcomeOf(runner, module.parameters, given);
  });
}

async function inFrame<Result>(
  session: SqlSession,
  procedure: string,
  response: ResponseStream,
  work: (runner: StatementRunner) => Promise<Result>,
): Promise<Result> {
  if (session.nestLevel >= 32) {
    const text = "Maximum stored procedure, function, trigger, or view nesting level exceeded (limit 32).";
    throw new SqlServerError(217, text, { reach: "batch" });
  }
  const frame = new Frame("procedure", session, procedure);
  const runner = new StatementRunner(session, frame, response, executeStatement);
  session.nestLevel += 1;
  try {
    return await session.scoped(response, () => work(runner));
  } finally {
    session.nestLevel -= 1;
    await runner.close();
  }
}
