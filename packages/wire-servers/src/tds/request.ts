import { loadRows } from "./engine/load-rows.ts";
import { runBatch, runRpc } from "./engine/procedures.ts";
import type { SqlSession } from "./engine/session.ts";
import { readBulkLoad } from "./protocol/bulk-load.ts";
import { type ClientMessage, packetType } from "./protocol/packet.ts";
import { type DoneKind, environment } from "./protocol/response.ts";
import type { ResponseStream } from "./protocol/response-stream.ts";
import { type RpcRequest, readRpc } from "./protocol/rpc.ts";
import { readTransactionRequest, type TransactionRequest } from "./protocol/transaction-manager.ts";
import { scriptedError, sendScriptedRows } from "./scripted-answer.ts";
import type { RecordedRequest, TdsServerCore } from "./server-core.ts";
import { parseBatch } from "./tsql/parse-statement.ts";
import { typeText } from "./types/sql-type.ts";

/** A request that was read: what it is called, and how it runs. */
interface Request {
  readonly record: Omit<RecordedRequest, "reset">;
  /** The text that scripts are looked up by. */
  readonly scriptText: string;
  readonly doneKind: DoneKind;
  readonly run: (response: ResponseStream) => Promise<void>;
}

/** Runs one request of a client and writes its response. `"cut"`: a script wants the connection cut instead of an answer. */
export async function runRequest(
  message: ClientMessage,
  session: SqlSession,
  response: ResponseStream,
  server: TdsServerCore,
): Promise<"answered" | "cut"> {
  if (message.ignored) {
    response.done("done", { error: true });
    return "answered";
  }
  try {
    if (message.reset) {
      await session.reset(response, message.keepTransaction);
      response.tokens.environmentBytes(environment.resetAcknowledged, Buffer.alloc(0), Buffer.alloc(0));
    }
    const request = readRequest(message, session);
    server.recorded({ ...request.record, reset: message.reset });
    return await runOrPlay(request, session, response, server);
  } catch (error) {
    if (!session.cancelled) throw error;
    // XACT_ABORT holds for an attention as it does for an error:
    // https://learn.microsoft.com/troubleshoot/sql/database-engine/performance/understand-resolve-blocking
    if (session.options.xactAbort) await session.transaction.abort(response);
    // The client waits for the acknowledgement of its attention, which follows in a message of its own.
    response.done("done", { error: true });
    return "answered";
  }
}

async function runOrPlay(
  request: Request,
  session: SqlSession,
  response: ResponseStream,
  server: TdsServerCore,
): Promise<"answered" | "cut"> {
  const answer = server.script.answerTo(request.scriptText);
  if (answer === undefined) {
    await request.run(response);
    return "answered";
  }
  if ("disconnect" in answer) {
    if (answer.disconnect === "after") await request.run(response);
    return "cut";
  }
  if ("hang" in answer) await session.orAttention(new Promise<never>(() => {}));
  if ("rows" in answer)
    await sendScriptedRows(answer, request.doneKind === "doneProcedure" ? "doneInProcedure" : "done", response);
  if ("affected" in answer)
    response.done(request.doneKind === "doneProcedure" ? "doneInProcedure" : "done", { count: answer.affected });
  if ("error" in answer) {
    response.error(scriptedError(answer.error));
    if (answer.error.rollback) await session.transaction.abort(response);
    if ((answer.error.severity ?? 16) >= 20) session.fatal = true;
  }
  if (request.doneKind === "doneProcedure" && !("error" in answer)) response.tokens.returnStatus(0);
  if (request.doneKind === "doneProcedure" || "error" in answer)
    response.done(request.doneKind, { error: "error" in answer });
  return "answered";
}

function readRequest(message: ClientMessage, session: SqlSession): Request {
  switch (message.type) {
    case packetType.sqlBatch:
      return batchRequest(message.payload.subarray(message.payload.readUInt32LE(0)).toString("utf16le"), session);
    case packetType.rpc:
      return rpcRequest(readRpc(message.payload), session);
    case packetType.transactionManager:
      return transactionRequest(readTransactionRequest(message.payload), session);
    case packetType.bulkLoad:
      return bulkLoadRequest(message.payload, session);
    default:
      throw new RangeError(`a message of type ${message.type}`);
  }
}

function batchRequest(text: string, session: SqlSession): Request {
  const run = async (response: ResponseStream) => {
    if (!/^\s*insert\s+bulk\b/i.test(text)) {
      await runBatch(session, text, response);
      return;
    }
    const [announced] = parseBatch(text);
    if (announced?.kind !== "insert-bulk") throw new RangeError("an INSERT BULK that is none");
    session.announcedBulkLoad = announced;
    response.done("done");
  };
  return { record: { kind: "batch", text, parameters: [] }, scriptText: text, doneKind: "done", run };
}

function rpcRequest(request: RpcRequest, session: SqlSession): Request {
  const { procedure, parameters } = request;
  const [first] = parameters;
  const text = procedure === "sp_executesql" ? String(first?.value) : procedure;
  return {
    record: {
      kind: "rpc",
      text,
      parameters: parameters.map(({ name, type, value }) => ({
        name,
        type: typeText(type),
        value: value === null ? null : String(value),
      })),
    },
    scriptText: text,
    doneKind: "doneProcedure",
    run: (response) => runRpc(session, request, response),
  };
}

function transactionRequest(request: TransactionRequest, session: SqlSession): Request {
  const text = `${request.kind.toUpperCase()} TRANSACTION`;
  const { transaction } = session;
  const run = async (response: ResponseStream) => {
    try {
      if (request.kind === "begin") await transaction.begin(response, request.name, request.isolation);
      else if (request.kind === "commit") await transaction.commit(response);
      else if (request.kind === "rollback") await transaction.rollback(response, request.name);
      else await transaction.save(request.name);
      response.done("done");
    } catch (error) {
      const failure = await session.failure(error, "COMMIT");
      response.error(failure);
      if (failure.reach === "transaction") await transaction.abort(response);
      response.done("done", { error: true });
    }
  };
  return { record: { kind: "transaction", text, parameters: [] }, scriptText: text, doneKind: "done", run };
}

function bulkLoadRequest(payload: Buffer, session: SqlSession): Request {
  const announced = session.announcedBulkLoad;
  session.announcedBulkLoad = undefined;
  const text = `BULK LOAD ${announced?.table.join(".") ?? ""}`;
  const run = async (response: ResponseStream) => {
    if (announced === undefined) throw new RangeError("a bulk load that was not announced");
    try {
      const count = await loadRows(session, announced, readBulkLoad(payload));
      response.done("done", { count });
    } catch (error) {
      if (session.cancelled) throw error;
      const failure = await session.failure(error, "INSERT");
      response.error(failure);
      if (failure.reach === "transaction" || session.options.xactAbort) await session.transaction.abort(response);
      response.done("done", { error: true });
    }
  };
  return { record: { kind: "bulk-load", text, parameters: [] }, scriptText: text, doneKind: "done", run };
}
