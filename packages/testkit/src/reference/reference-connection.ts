import {
  type BeginOptions,
  type Branch,
  type BranchEnd,
  type BulkTarget,
  branchIdentifier,
  type Call,
  type DriverConnection,
  type ExecuteManyResult,
  type Fate,
  type OperationContext,
  type ParameterValue,
  type PreparedBranch,
  type ResetPlan,
  type ResultSet,
  type RowStream,
  readBranchIdentifier,
  type SessionContext,
  type Statement,
  type Vote,
} from "@nsj/mdb-core";
import { EngineError } from "../engine/engine-error.ts";
import type { EngineStatus } from "../engine/engine-result.ts";
import type { Port } from "./port.ts";
import type { Answers, Request } from "./protocol.ts";
import { ReferenceStream } from "./reference-stream.ts";
import { resultSet } from "./result-set.ts";
import { encode } from "./values.ts";

/** The small engine's words that begin or end a transaction. */
const turning = /(?:^|;)\s*(?:begin|commit|rollback(?!\s+to))\b/i;

/** One connection of the reference driver: every member of the interface, on a session of the small engine. */
export class ReferenceConnection implements DriverConnection {
  onFatal: ((error: unknown) => void) | null = null;
  dirty = false;
  readonly fits = true;
  readonly capabilities = Object.freeze({});
  readonly target = undefined;
  txEnded = 0;
  transactionNumber: string | null | undefined = undefined;
  readonly #port: Port;
  #status: EngineStatus = "idle";
  #unknown = false;
  /** What goes with each statement outside a transaction, and with each BEGIN. */
  #context: Readonly<Record<string, string>> | undefined;
  #isTraced = false;

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

  async query(statement: Statement): Promise<ResultSet> {
    const { text, values } = statement;
    const wasIdle = this.#status === "idle";
    let results: unknown;
    try {
      results = await this.#ask({ op: "query", text, values: values.map(encode) });
    } finally {
      const hasRun = results !== undefined;
      if (hasRun ? turning.test(text) : wasIdle !== (this.#status === "idle")) this.txEnded++;
    }
    return resultSet(results as Answers["query"]);
  }

  async begin({ isolation, readOnly, decides, traceable = false }: BeginOptions): Promise<void> {
    this.#isTraced = traceable;
    this.transactionNumber = undefined;
    await this.#ask({ op: "begin", isolation, readOnly, decides });
  }

  async prepareBranch(branch: Branch): Promise<Vote> {
    const identifier = branchIdentifier(branch);
    const vote = (await this.#ask({ op: "prepare", identifier })) as Answers["prepare"];
    const native = this.transactionNumber;
    return { vote, ...(typeof native === "string" && { native }) };
  }

  async finishPrepared(branch: Branch, end: BranchEnd): Promise<"done" | "gone" | "busy"> {
    const identifier = branchIdentifier(branch);
    return (await this.#ask({ op: "finish-prepared", identifier, end })) as Answers["finish-prepared"];
  }

  async listPrepared(): Promise<readonly PreparedBranch[]> {
    const entries = (await this.#ask({ op: "list-prepared" })) as Answers["list-prepared"];
    return entries.map((entry) => {
      const branch = readBranchIdentifier(entry.identifier);
      return branch === undefined ? entry : { ...entry, branch };
    });
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

  async ping(): Promise<void> {
    await this.#ask({ op: "ping" });
  }

  async reset({ scope }: ResetPlan): Promise<"done"> {
    await this.#ask({ op: scope === "session" ? "reset" : "rollback" });
    return "done";
  }

  async fateOf(transaction: string): Promise<Fate> {
    return (await this.#ask({ op: "fate", transaction })) as Answers["fate"];
  }

  async cancel(context: OperationContext): Promise<void> {
    await this.#port.cancel(context);
  }

  stream({ text, values }: Statement, { fetchSize }: OperationContext & { readonly fetchSize: number }): RowStream {
    const open: Request = { op: "open-cursor", text, values: values.map(encode) };
    return new ReferenceStream((request) => this.#ask(request), open, fetchSize);
  }

  async executeMany(text: string, parameterSets: Iterable<readonly ParameterValue[]>): Promise<ExecuteManyResult> {
    const sets = Array.from(parameterSets, (values) => values.map(encode));
    return { affected: (await this.#ask({ op: "many", text, sets })) as Answers["many"] };
  }

  async bulkLoad(
    target: BulkTarget,
    batches: AsyncIterable<readonly (readonly ParameterValue[])[]>,
  ): Promise<{ readonly rows: number }> {
    await this.#ask({ op: "load", table: target.table, columns: target.columns });
    try {
      for await (const batch of batches) {
        await this.#ask({ op: "load-rows", rows: batch.map((row) => row.map(encode)) });
      }
      return { rows: (await this.#ask({ op: "load-end" })) as Answers["load-end"] };
    } catch (error) {
      if (this.usable) await this.#ask({ op: "load-abort" });
      throw error;
    }
  }

  async call({ procedure, parameters }: Call): Promise<ResultSet> {
    const value = (name: string) => encode(parameters.find((it) => it.name === name)?.value ?? null);
    const name = procedure.at(-1) ?? "";
    const out = (await this.#ask({ op: "call", name, a: value("a"), b: value("b") })) as Answers["call"];
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

  setContext(context: SessionContext | undefined): void {
    const { settings, role } = context ?? {};
    this.#context = context && { ...settings, ...(role !== undefined && { role }) };
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

  #inContext(request: Request): Request {
    return this.#context === undefined || this.#status !== "idle" ? request : { ...request, context: this.#context };
  }

  async #ask(request: Request): Promise<unknown> {
    try {
      const reply = await this.#port.send(this.#inContext(request));
      this.#status = reply.status;
      if (reply.changed) this.dirty = true;
      // Outside of a transaction there is none: the last one's stays.
      if (this.#isTraced && reply.transaction !== undefined) this.transactionNumber = reply.transaction;
      if (!("error" in reply)) return reply.value;
      throw new EngineError(reply.error.code, reply.error.message, reply.error.details);
    } catch (error) {
      if (!this.#port.alive) this.#unknown = true;
      throw error;
    }
  }
}
