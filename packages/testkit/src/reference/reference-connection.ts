import { performance } from "node:perf_hooks";
import type {
  BeginOptions,
  BulkTarget,
  Call,
  DriverConnection,
  ExecuteManyResult,
  OperationContext,
  ParameterValue,
  ResetPlan,
  ResultSet,
  RowStream,
  Statement,
  StreamOptions,
} from "@nsj/mdb-core";
import { EngineError } from "../engine/engine-error.ts";
import type { EngineStatus } from "../engine/engine-result.ts";
import type { Port } from "./port.ts";
import type { Answers, Request } from "./protocol.ts";
import { ReferenceStream } from "./reference-stream.ts";
import { resultSet } from "./result-set.ts";
import { encode } from "./values.ts";

/** One connection of the reference driver: every member of the interface, on a session of the small engine. */
export class ReferenceConnection implements DriverConnection {
  onFatal: ((error: unknown) => void) | null = null;
  readonly #port: Port;
  #status: EngineStatus = "idle";
  #unknown = false;

  constructor(port: Port) {
    this.#port = port;
    port.onLost = (error) => this.onFatal?.(error);
  }

  get usable(): boolean {
    return this.#port.alive;
  }

  get txStatus(): DriverConnection["txStatus"] {
    return this.#unknown ? "unknown" : this.#status;
  }

  async query(statement: Statement, context: OperationContext): Promise<ResultSet> {
    const { text, values } = statement;
    const results = await this.#ask({ op: "query", text, values: values.map(encode) }, context);
    return resultSet(results as Answers["query"]);
  }

  async begin({ isolation, readOnly }: BeginOptions): Promise<void> {
    await this.#ask({ op: "begin", isolation, readOnly });
  }

  async commit(): Promise<void> {
    await this.#ask({ op: "commit" });
  }

  async rollback(): Promise<void> {
    if (this.#status !== "idle") await this.#ask({ op: "rollback" });
  }

  async close(context: OperationContext): Promise<void> {
    await this.#port.close(context);
  }

  destroy(): void {
    this.#port.destroy();
  }

  async ping(context: OperationContext): Promise<void> {
    await this.#ask({ op: "ping" }, context);
  }

  async reset({ scope }: ResetPlan, context: OperationContext): Promise<"done"> {
    await this.#ask({ op: scope === "session" ? "reset" : "rollback" }, context);
    return "done";
  }

  async cancel(context: OperationContext): Promise<void> {
    await this.#port.cancel(context);
  }

  stream({ text, values }: Statement, options: StreamOptions): RowStream {
    const open: Request = { op: "open-cursor", text, values: values.map(encode) };
    return new ReferenceStream((request) => this.#ask(request, options), open, options.fetchSize);
  }

  async executeMany(
    text: string,
    parameterSets: Iterable<readonly ParameterValue[]>,
    context: OperationContext,
  ): Promise<ExecuteManyResult> {
    const sets = Array.from(parameterSets, (values) => values.map(encode));
    return { affected: (await this.#ask({ op: "many", text, sets }, context)) as Answers["many"] };
  }

  async bulkLoad(
    target: BulkTarget,
    batches: AsyncIterable<readonly (readonly ParameterValue[])[]>,
    context: OperationContext,
  ): Promise<{ readonly rows: number }> {
    await this.#ask({ op: "load", table: target.table, columns: target.columns }, context);
    try {
      for await (const batch of batches) {
        await this.#ask({ op: "load-rows", rows: batch.map((row) => row.map(encode)) }, context);
      }
      return { rows: (await this.#ask({ op: "load-end" }, context)) as Answers["load-end"] };
    } catch (error) {
      if (this.usable) await this.#ask({ op: "load-abort" }, context);
      throw error;
    }
  }

  async call({ procedure, parameters }: Call, context: OperationContext): Promise<ResultSet> {
    const value = (name: string) => encode(parameters.find((it) => it.name === name)?.value ?? null);
    const name = procedure.at(-1) ?? "";
    const out = (await this.#ask({ op: "call", name, a: value("a"), b: value("b") }, context)) as Answers["call"];
    return { columns: [], rows: [], affected: null, out: { ...out } };
  }

  async savepoint(name: string): Promise<void> {
    await this.#ask({ op: "savepoint", name });
  }

  async rollbackTo(name: string): Promise<void> {
    await this.#ask({ op: "rollback-to", name });
  }

  async releaseSavepoint(name: string): Promise<void> {
    await this.#ask({ op: "release", name });
  }

  ref(): void {
    this.#port.ref();
  }

  unref(): void {
    this.#port.unref();
  }

  raw(): unknown {
    return this.#port;
  }

  async #ask(request: Request, context?: OperationContext): Promise<unknown> {
    const stop = context === undefined ? undefined : this.#stopWhenTimeIsUp(context);
    try {
      const reply = await this.#port.send(request);
      this.#status = reply.status;
      if (!("error" in reply)) return reply.value;
      throw new EngineError(reply.error.code, reply.error.message, reply.error.details);
    } catch (error) {
      if (!this.#port.alive) this.#unknown = true;
      throw error;
    } finally {
      stop?.();
    }
  }

  /** Cancels on the server when the caller's time is up; a server that does not answer that either is given up. */
  #stopWhenTimeIsUp({ deadline, signal }: OperationContext): () => void {
    let giveUp: NodeJS.Timeout | undefined;
    const cancel = () => {
      giveUp = setTimeout(() => this.destroy(), 2_000);
      this.#port.cancel({ deadline: performance.now() + 2_000 }).catch(() => undefined);
    };
    const left = Math.min(deadline - performance.now(), 2 ** 31 - 1);
    const timer = deadline === Number.POSITIVE_INFINITY ? undefined : setTimeout(cancel, left);
    if (signal?.aborted === true) cancel();
    else signal?.addEventListener("abort", cancel);
    return () => {
      clearTimeout(timer);
      clearTimeout(giveUp);
      signal?.removeEventListener("abort", cancel);
    };
  }
}
