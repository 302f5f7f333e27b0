import { engineErrorOf } from "../engine/engine-error.ts";
import { type EngineLoad, startLoad } from "../engine/engine-load.ts";
import type { EngineValue } from "../engine/engine-result.ts";
import type { EngineSession } from "../engine/engine-session.ts";
import type { Reply, Request } from "./protocol.ts";

/** Answers requests on one session, one after another. */
export class RequestHandler {
  readonly #session: EngineSession;
  #cursor: Iterator<EngineValue[]> | undefined;
  #load: EngineLoad | undefined;

  constructor(session: EngineSession) {
    this.#session = session;
  }

  async handle(request: Request, signal: AbortSignal): Promise<Reply> {
    const { settings } = this.#session;
    try {
      if (request.context !== undefined) settings.useLocally(request.context);
      const value = await this.#answer(request, signal);
      return { ...this.#state(), value };
    } catch (error) {
      const { code, message, details } = engineErrorOf(error);
      return { ...this.#state(), error: { code, message, details } };
    } finally {
      const isOver = this.#session.status === "idle" && this.#cursor === undefined && this.#load === undefined;
      if (isOver) settings.transactionEnded();
    }
  }

  #state(): Pick<Reply, "status" | "changed" | "transaction"> {
    const { status, settings, transactionNumber } = this.#session;
    return { status, changed: settings.takeChanged(), transaction: transactionNumber };
  }

  async #answer(request: Request, signal: AbortSignal): Promise<unknown> {
    const session = this.#session;
    switch (request.op) {
      case "query":
        return session.execute(request.text, request.values, signal);
      case "many":
        return session.executeMany(request.text, request.sets, signal);
      case "open-cursor": {
        this.#closeCursor();
        const { columns, rows } = await session.cursor(request.text, request.values, signal);
        this.#cursor = rows;
        return { columns };
      }
      case "fetch":
        return session.guardCursor(() => this.#fetch(request.count));
      case "close-cursor":
        return this.#closeCursor();
      case "load":
        this.#load = await startLoad(session, request.table, request.columns, signal);
        return undefined;
      case "load-rows":
        return this.#load?.add(request.rows, signal);
      case "load-end": {
        const rows = await this.#load?.finish(signal);
        this.#load = undefined;
        return rows;
      }
      case "load-abort":
        await this.#load?.abort();
        this.#load = undefined;
        return undefined;
      case "begin":
        return session.begin(request, signal);
      case "commit":
        this.#closeCursor();
        return session.commit(signal);
      case "rollback":
        this.#closeCursor();
        return session.rollback();
      case "prepare":
        this.#closeCursor();
        return session.prepare(request.identifier, signal);
      case "finish-prepared":
        return session.finishPrepared(request.identifier, request.end);
      case "list-prepared":
        return session.listPrepared();
      case "savepoint":
        return session.savepoint(request.name, signal);
      case "rollback-to":
        return session.rollbackTo(request.name);
      case "release":
        return session.release(request.name);
      case "call":
        return session.call(request.name, request.a, request.b, signal);
      case "reset":
        this.#closeCursor();
        return session.resetSession();
      case "fate":
        return session.fateOf(request.transaction);
      case "ping":
        return undefined;
    }
  }

  #fetch(count: number): { rows: EngineValue[][]; done: boolean } {
    const rows: EngineValue[][] = [];
    while (this.#cursor !== undefined && rows.length < count) {
      const next = this.#cursor.next();
      if (next.done === true) this.#cursor = undefined;
      else rows.push(next.value);
    }
    return { rows, done: this.#cursor === undefined };
  }

  #closeCursor(): void {
    this.#cursor?.return?.();
    this.#cursor = undefined;
  }
}
