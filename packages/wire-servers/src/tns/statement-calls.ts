import { type CharacterSet, convertedTo } from "./engine/character-set.ts";
import type { Bind, Engine, Outcome } from "./engine/engine.ts";
import { OracleError, refusalNumber } from "./engine/oracle-error.ts";
import { oracleColumn, rowSourceOf } from "./engine/row-source.ts";
import { readBindRows } from "./protocol/bind-rows.ts";
import { writeCallEnd } from "./protocol/call-answer.ts";
import { Cursor } from "./protocol/cursor.ts";
import { type ExecuteRequest, readExecute, readReexecute } from "./protocol/execute-request.ts";
import type { LobStore } from "./protocol/lob-store.ts";
import { type AnswerContext, outcomeAnswer, rowsAnswer } from "./protocol/statement-answer.ts";
import type { TtcReader } from "./protocol/ttc-reader.ts";
import { TtcWriter } from "./protocol/ttc-writer.ts";
import type { ScriptedAnswer } from "./scripted-answer.ts";
import { isNational, type OracleType } from "./values/oracle-type.ts";

/** Runs a call, or what a script makes of it. `text` is what scripts know the call by. */
export type Scripted = <Result>(text: string, run: () => Promise<Result>, play: Play<Result>) => Promise<Result>;

/** Makes a result of an answer that replaces the database's. */
export type Play<Result> = (answer: Extract<ScriptedAnswer, { kind: "rows" | "count" }>) => Result;

/** A statement that was run, and as which types its binds came: Oracle's names, as the client declared them. */
export interface RecordedBinds {
  readonly text: string;
  readonly types: readonly OracleType[];
}

/** What the calls of a session need from its server. */
export interface StatementHost {
  readonly characterSet: CharacterSet;
  noteBinds(binds: RecordedBinds): void;
  noteRefusal(what: string): void;
}

/** The calls of one session that concern statements and their cursors. */
export class StatementCalls {
  readonly #engine: Engine;
  readonly #lobs: LobStore;
  readonly #scripted: Scripted;
  readonly #host: StatementHost;
  readonly #cursors = new Map<number, Cursor>();
  #lastId = 0;

  constructor(engine: Engine, lobs: LobStore, scripted: Scripted, host: StatementHost) {
    this.#host = host;
    this.#engine = engine;
    this.#lobs = lobs;
    this.#scripted = scripted;
  }

  /** Runs a statement that comes with its text, or with a cursor that has one. */
  execute(reader: TtcReader): Promise<TtcWriter> {
    return this.#run(readExecute(reader), reader);
  }

  /** Runs the statement of a cursor again. */
  reexecute(reader: TtcReader, code: number): Promise<TtcWriter> {
    return this.#run(readReexecute(reader, code), reader);
  }

  /** Gives more rows of a query. */
  async fetch(reader: TtcReader): Promise<TtcWriter> {
    const cursor = this.#cursor(reader.integer());
    const count = reader.integer();
    if (cursor.needsDefine) throw new RangeError("the client fetches LOBs without having said how it wants them");
    return this.#scripted(
      "FETCH",
      () => this.#answer(cursor, () => rowsAnswer(this.#context, cursor, count, false)),
      () => {
        throw new RangeError("a script cannot make up the answer to FETCH");
      },
    );
  }

  async closeCursors(ids: readonly number[]): Promise<void> {
    for (const id of ids) {
      await this.#cursors.get(id)?.open(undefined);
      this.#cursors.delete(id);
    }
  }

  async cancelCursors(ids: readonly number[]): Promise<void> {
    for (const id of ids) await this.#cursors.get(id)?.open(undefined);
  }

  get #context(): AnswerContext {
    return {
      lobs: this.#lobs,
      transactionInProgress: this.#engine.transactionInProgress,
      adopt: (source) => {
        const cursor = new Cursor(this.#newId(), "", undefined);
        void cursor.open(source);
        this.#cursors.set(cursor.id, cursor);
        return cursor.id;
      },
    };
  }

  async #run(request: ExecuteRequest, reader: TtcReader): Promise<TtcWriter> {
    const cursor = this.#cursorFor(request);
    if (request.binds !== undefined) cursor.shapes = request.binds;
    if (request.defines !== undefined) cursor.defines = request.defines;
    const { statement } = cursor;
    if (statement === undefined || (!request.execute && request.defines !== undefined)) {
      return this.#answer(cursor, () => rowsAnswer(this.#context, cursor, request.prefetch, false));
    }
    if (!request.execute) throw new RangeError("the TNS test server does not describe statements without running them");
    const rows = this.#readBinds(request, cursor, reader);
    this.#host.noteBinds({ text: cursor.text, types: cursor.shapes.map(({ type }) => type) });
    return this.#answer(cursor, async () => {
      const outcome = await this.#scripted(cursor.text, () => statement.execute(rows, request), played);
      const { source } = outcome;
      if (source !== undefined) {
        await cursor.open(source);
        return rowsAnswer(this.#context, cursor, request.prefetch, cursor.announce(request.text !== undefined));
      }
      const directions = outcome.out?.directions ?? [];
      cursor.outBinds = new Set(directions.flatMap((direction, index) => (direction === "out" ? [index] : [])));
      return outcomeAnswer(this.#context, cursor, outcome);
    });
  }

  /** The rows of values that a call carries; a statement without binds is repeated as often as the call says. */
  #readBinds(request: ExecuteRequest, cursor: Cursor, reader: TtcReader): (readonly Bind[])[] {
    const plsql = cursor.statement?.kind === "plsql";
    // A repeated call leaves out what only comes back; a full one does so for RETURNING only.
    const absent = new Set(cursor.statement?.returnBinds ?? []);
    if (plsql && request.binds === undefined) for (const index of cursor.outBinds) absent.add(index);
    const rows: (readonly Bind[])[] = readBindRows(reader, { shapes: cursor.shapes, plsql, absent }, this.#lobs);
    if (rows.length > 0) return rows.map((row) => row.map((bind) => this.#converted(bind)));
    const row = cursor.shapes.map(({ type, size }): Bind => ({ type, size, value: null }));
    return Array.from({ length: request.iterations }, () => row);
  }

  /** Text arrives by way of the database's character set, unless it is bound as text of the national one. */
  #converted(bind: Bind): Bind {
    const { type, value } = bind;
    if (typeof value !== "string" || isNational(type)) return bind;
    return { ...bind, value: convertedTo(this.#host.characterSet, value) };
  }

  /** Runs the work of a call and turns an error of Oracle into the answer. */
  async #answer(cursor: Cursor, work: () => Promise<TtcWriter>): Promise<TtcWriter> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof OracleError)) throw error;
      if (error.number === refusalNumber) this.#host.noteRefusal(error.message);
      return errorAnswer(error, this.#engine.transactionInProgress, cursor.id);
    }
  }

  #cursorFor(request: ExecuteRequest): Cursor {
    if (request.text === undefined) return this.#cursor(request.cursorId);
    const text = convertedTo(this.#host.characterSet, request.text);
    const cursor = new Cursor(request.cursorId || this.#newId(), text, this.#engine.prepare(text));
    this.#cursors.set(cursor.id, cursor);
    return cursor;
  }

  #cursor(id: number): Cursor {
    const cursor = this.#cursors.get(id);
    if (cursor === undefined) throw new OracleError(1001, "invalid cursor");
    return cursor;
  }

  #newId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }
}

/** The answer to a call that failed. */
export function errorAnswer(error: OracleError, transactionInProgress: boolean, cursorId = 0): TtcWriter {
  return writeCallEnd(new TtcWriter(), {
    transactionInProgress,
    cursorId,
    errorNumber: error.number,
    errorMessage: error.message,
    errorPosition: error.position,
  });
}

function played(answer: Extract<ScriptedAnswer, { kind: "rows" | "count" }>): Outcome {
  if (answer.kind === "count") return { rowCount: answer.count };
  return { rowCount: 0, source: rowSourceOf(answer.columns.map(oracleColumn), answer.rows) };
}
