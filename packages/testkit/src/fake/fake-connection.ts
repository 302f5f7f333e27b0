import type {
  BeginOptions,
  BulkTarget,
  Call,
  Capabilities,
  DriverConnection,
  ExecuteManyResult,
  Fate,
  MaybePromise,
  OperationContext,
  ParameterHint,
  ParameterValue,
  ResetPlan,
  ResultSet,
  RowStream,
  Statement,
} from "@nsj/mdb-core";
import { ForwardingConnection } from "../forwarding-connection.ts";
import { FakeError, failureInfo } from "./fake-error.ts";
import type { FakeAction, FakeMember, Script } from "./script.ts";

/** One call that the fake driver saw. */
export interface FakeCall {
  /** The connection's number, from 1 in the order of opening. */
  readonly connection: number;
  readonly on: FakeMember | "destroy";
  readonly text?: string;
  readonly values?: readonly ParameterValue[];
}

/** A connection that does what its script says, and otherwise what a real one does. */
export class FakeConnection extends ForwardingConnection {
  /** Counted from 1 in the order of opening. */
  readonly number: number;
  readonly #script: Script;
  readonly #log: FakeCall[];
  #dead = false;
  #onFatal: ((error: unknown) => void) | null = null;
  /** How to end each pending call; `true` for those that only wait because the script says so. */
  readonly #waiting = new Map<(error: unknown) => void, boolean>();
  #pending = 0;

  constructor(
    inner: Required<DriverConnection>,
    number: number,
    script: Script,
    log: FakeCall[],
    capabilities: Capabilities,
  ) {
    super(inner);
    this.number = number;
    this.#script = script;
    this.#log = log;
    inner.onFatal = (error) => this.#onFatal?.(error);
    for (const member of undeclared(capabilities)) Object.defineProperty(this, member, { value: undefined });
  }

  override get usable(): boolean {
    return !this.#dead && this.inner.usable;
  }

  override get txStatus(): DriverConnection["txStatus"] {
    return this.#dead ? "unknown" : this.inner.txStatus;
  }

  override get onFatal(): ((error: unknown) => void) | null {
    return this.#onFatal;
  }

  override set onFatal(listener: ((error: unknown) => void) | null) {
    this.#onFatal = listener;
  }

  /** The server ends this session, as by an administrator: pending calls reject, an idle connection calls `onFatal`. */
  die(error: unknown = new FakeError(failureInfo({ kind: "lost" }))): void {
    if (!this.usable) return;
    const idle = this.#pending === 0;
    this.#end(error);
    if (idle) this.#onFatal?.(error);
  }

  override query(statement: Statement, context: OperationContext): Promise<ResultSet> {
    const { text, values } = statement;
    return this.#perform({ on: "query", text, values }, () => super.query(statement, context));
  }

  override begin(options: BeginOptions): Promise<void> {
    return this.#perform({ on: "begin" }, () => super.begin(options));
  }

  override commit(): Promise<void> {
    return this.#perform({ on: "commit" }, () => super.commit());
  }

  override rollback(): Promise<void> {
    return this.#perform({ on: "rollback" }, () => super.rollback());
  }

  override async close(context: OperationContext): Promise<void> {
    await this.#perform({ on: "close" }, () => super.close(context));
    this.#end(new FakeError(failureInfo({ kind: "lost" })));
  }

  override destroy(reason?: unknown): void {
    this.#log.push({ connection: this.number, on: "destroy" });
    this.#end(new FakeError(failureInfo({ kind: "lost" }), "fake: the connection was destroyed"));
    super.destroy(reason);
  }

  override ping(context: OperationContext): Promise<void> {
    return this.#perform({ on: "ping" }, () => super.ping(context));
  }

  override reset(plan: ResetPlan, context: OperationContext): Promise<"done" | "deferred" | "impossible"> {
    return this.#perform({ on: "reset" }, () => super.reset(plan, context));
  }

  override cancel(context: OperationContext): Promise<void> {
    return this.#perform({ on: "cancel" }, async () => {
      const held = [...this.#waiting].filter(([, isHeld]) => isHeld);
      for (const [reject] of held) reject(new FakeError(failureInfo({ kind: "cancelled" })));
      if (held.length === 0) await super.cancel(context);
    });
  }

  override stream(statement: Statement, options: OperationContext & { readonly fetchSize: number }): RowStream {
    const { text, values } = statement;
    this.#log.push({ connection: this.number, on: "stream", text, values });
    const rows = super.stream(statement, options);
    const perform = this.#perform.bind(this);
    return {
      get columns() {
        return rows.columns;
      },
      read: () => perform({ on: "read", text }, () => rows.read()),
      close: () => rows.close(),
    };
  }

  override executeMany(
    text: string,
    parameterSets: Iterable<readonly ParameterValue[]>,
    context: OperationContext,
    hints?: readonly (ParameterHint | undefined)[],
  ): Promise<ExecuteManyResult> {
    return this.#perform({ on: "executeMany", text }, () => super.executeMany(text, parameterSets, context, hints));
  }

  override bulkLoad(
    target: BulkTarget,
    batches: AsyncIterable<readonly (readonly ParameterValue[])[]>,
    context: OperationContext,
  ): Promise<{ readonly rows: number }> {
    return this.#perform({ on: "bulkLoad", text: target.table.join(".") }, () =>
      super.bulkLoad(target, batches, context),
    );
  }

  override call(call: Call, context: OperationContext): Promise<ResultSet> {
    return this.#perform({ on: "call", text: call.procedure.join(".") }, () => super.call(call, context));
  }

  override fateOf(transactionNumber: string, context: OperationContext): Promise<Fate> {
    return this.#perform({ on: "fateOf", text: transactionNumber }, () => super.fateOf(transactionNumber, context));
  }

  override savepoint(name: string): Promise<void> {
    return this.#perform({ on: "savepoint", text: name }, () => super.savepoint(name));
  }

  override rollbackTo(name: string): Promise<void> {
    return this.#perform({ on: "rollbackTo", text: name }, () => super.rollbackTo(name));
  }

  override releaseSavepoint(name: string): Promise<void> {
    return this.#perform({ on: "releaseSavepoint", text: name }, () => super.releaseSavepoint(name));
  }

  async #perform<T>(
    call: Omit<FakeCall, "connection"> & { readonly on: FakeMember },
    real: () => MaybePromise<T>,
  ): Promise<T> {
    this.#log.push({ connection: this.number, ...call });
    if (this.#dead && call.on !== "close" && call.on !== "cancel") {
      throw new FakeError({ kind: "lost", connection: "dead", executed: "no", retry: "statement" });
    }
    const action = this.#script.take(call.on, this.number, call.text);
    this.#pending += 1;
    try {
      return await this.#play(action, real);
    } finally {
      this.#pending -= 1;
    }
  }

  async #play<T>(action: FakeAction | undefined, real: () => MaybePromise<T>): Promise<T> {
    if (action === undefined) return this.#untilDeath(real());
    if ("answer" in action) return { columns: [], rows: [], affected: null, ...action.answer } as T;
    if ("waitFor" in action) {
      await this.#untilDeath(action.waitFor, true);
      return this.#untilDeath(real());
    }
    if ("hang" in action) return this.#untilDeath(new Promise<never>(() => undefined), true);
    if ("doThenFail" in action) await this.#untilDeath(real());
    const failure = "fail" in action ? action.fail : action.doThenFail;
    const error = new FakeError(failureInfo(failure));
    if (error.info.connection === "dead") this.#end(error);
    throw error;
  }

  /** What was asked for, unless the connection dies or somebody cancels before. */
  async #untilDeath<T>(work: MaybePromise<T> | PromiseLike<T>, isHeld = false): Promise<T> {
    let stop: (error: unknown) => void = () => undefined;
    const stopped = new Promise<never>((_, reject) => {
      stop = reject;
    });
    this.#waiting.set(stop, isHeld);
    try {
      return await Promise.race([work, stopped]);
    } finally {
      this.#waiting.delete(stop);
    }
  }

  #end(error: unknown): void {
    if (this.#dead) return;
    this.#dead = true;
    this.inner.onFatal = null;
    this.inner.destroy();
    for (const reject of this.#waiting.keys()) reject(error);
  }
}

/** The members that these capabilities do not have. */
function undeclared(capabilities: Capabilities): readonly (keyof DriverConnection)[] {
  const members: (keyof DriverConnection)[] = [];
  if (capabilities.cancel === "none") members.push("cancel");
  if (capabilities.stream === "none") members.push("stream");
  if (capabilities.reset === "none") members.push("reset");
  if (!capabilities.noticesSessionChanges) members.push("dirty");
  if (!capabilities.executeMany) members.push("executeMany");
  if (!capabilities.bulkLoad) members.push("bulkLoad");
  if (!capabilities.procedures) members.push("call");
  if (capabilities.context === undefined) members.push("setContext");
  if (capabilities.savepoints === "none") members.push("savepoint", "rollbackTo");
  if (capabilities.fates !== true) members.push("fateOf", "transactionNumber");
  if (capabilities.savepoints !== "full") members.push("releaseSavepoint");
  return members;
}
