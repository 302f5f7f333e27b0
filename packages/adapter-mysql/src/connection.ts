import {
  type BeginOptions,
  type BulkTarget,
  type Call,
  type Capabilities,
  type CursorOptions,
  type DriverConnection,
  DriverFault,
  type ExecuteManyResult,
  type Isolation,
  type OperationContext,
  type ParameterHint,
  type ParameterValue,
  type ResetPlan,
  type ResultSet,
  type RowStream,
  type ServerCapabilities,
  type Statement,
  watchExpiry,
} from "@nsj/mdb-core";
import { begin } from "./begin.ts";
import { commitBranch, heldBack, rollbackBranch } from "./branches.ts";
import { bulkLoad } from "./bulk.ts";
import { callProcedure } from "./call.ts";
import { quoteIdentifier } from "./dialect.ts";
import { notCommitted, refusal } from "./faults.ts";
import { executeMany } from "./many.ts";
import { resetSession } from "./reset.ts";
import { resultOf } from "./result-flight.ts";
import type { ServerFacts } from "./server-facts.ts";
import type { Session } from "./session.ts";
import { MysqlStream } from "./stream.ts";

/** One connection to a server of MySQL or MariaDB: what core asks for, in the protocol's terms. */
export class MysqlConnection implements DriverConnection {
  /** Private, since its link knows the password: whoever prints a connection must not see it. */
  readonly #session: Session;
  readonly #facts: ServerFacts;
  readonly #levels: readonly Isolation[];
  readonly capabilities: ServerCapabilities | undefined;

  /** @param capabilities - what the options leave of the driver's; @param said - what the server lacks of that */
  constructor(
    session: Session,
    facts: ServerFacts,
    capabilities: Partial<Capabilities>,
    said: ServerCapabilities | undefined,
  ) {
    this.#session = session;
    this.#facts = facts;
    this.#levels = said?.isolation ?? capabilities.isolation ?? [];
    this.capabilities = said;
  }

  protected get session(): Session {
    return this.#session;
  }

  get usable(): boolean {
    return this.session.link.alive;
  }

  get txStatus(): DriverConnection["txStatus"] {
    const { branch, state } = this.session;
    if (branch === undefined || state.txStatus === "unknown") return state.txStatus;
    if (branch.isPrepared) return "idle";
    return state.inTransaction ? "active" : "failed";
  }

  get txEnded(): number {
    return this.session.state.txEnded;
  }

  get dirty(): boolean {
    return this.session.state.dirty;
  }

  set dirty(dirty: boolean) {
    this.session.state.dirty = dirty;
  }

  get onFatal(): ((error: unknown) => void) | null {
    return this.session.link.onFatal;
  }

  set onFatal(listener: ((error: unknown) => void) | null) {
    this.session.link.onFatal = listener;
  }

  query(statement: Statement): Promise<ResultSet> {
    return this.session.operate(async () => resultOf(await this.session.query(statement)));
  }

  begin(options: BeginOptions): Promise<void> {
    return this.session.operate(async () => {
      if (this.session.branch?.isPrepared === true) throw heldBack();
      // START TRANSACTION would commit it.
      if (this.txStatus !== "idle") throw refusal("other", "a transaction is open on this connection already");
      await begin(this.session, options, this.#facts, this.#levels);
    });
  }

  commit(): Promise<void> {
    return this.session.operate(async () => {
      const { branch, state } = this.session;
      if (!state.inTransaction || branch?.isPrepared === true) throw notCommitted();
      if (branch !== undefined) await commitBranch(this.session, branch);
      else await this.session.text("commit");
    });
  }

  async rollback(): Promise<void> {
    if (this.txStatus === "idle") return;
    const { branch } = this.session;
    if (branch === undefined) await this.#run("rollback");
    else await this.session.operate(() => rollbackBranch(this.session, branch));
  }

  savepoint(name: string): Promise<void> {
    return this.#run(`savepoint ${quoteIdentifier(name)}`);
  }

  rollbackTo(name: string): Promise<void> {
    return this.#run(`rollback to savepoint ${quoteIdentifier(name)}`);
  }

  releaseSavepoint(name: string): Promise<void> {
    return this.#run(`release savepoint ${quoteIdentifier(name)}`);
  }

  stream(statement: Statement, { fetchSize }: CursorOptions): RowStream {
    return new MysqlStream(this.session, statement, fetchSize);
  }

  executeMany(
    text: string,
    parameterSets: Iterable<readonly ParameterValue[]>,
    _context: OperationContext,
    hints?: readonly (ParameterHint | undefined)[],
  ): Promise<ExecuteManyResult> {
    return this.session.operate(() => executeMany(this.session, text, parameterSets, hints));
  }

  bulkLoad(
    target: BulkTarget,
    batches: AsyncIterable<readonly (readonly ParameterValue[])[]>,
  ): Promise<{ readonly rows: number }> {
    return this.session.operate(() => bulkLoad(this.session, target, batches));
  }

  call(call: Call): Promise<ResultSet> {
    return this.session.operate(() => callProcedure(this.session, call));
  }

  ping(context: OperationContext): Promise<void> {
    return this.bounded(context, () => this.session.operate(() => this.session.ping()));
  }

  reset(plan: ResetPlan, context: OperationContext): Promise<"done" | "impossible"> {
    return this.bounded(context, () => this.session.operate(() => resetSession(this.session, plan, this.#facts)));
  }

  cancel(context: OperationContext): Promise<void> {
    return this.session.interruption.ask(context);
  }

  close(context: OperationContext): Promise<void> {
    return this.session.link.close(context);
  }

  destroy(reason?: unknown): void {
    this.session.link.destroy(reason);
  }

  ref(): void {
    this.session.link.ref();
  }

  unref(): void {
    this.session.link.unref();
  }

  /** mysql2's own `Connection`. Nothing of this connection may run while it is used. */
  raw(): unknown {
    return this.session.link.native;
  }

  #run(text: string): Promise<void> {
    return this.session.operate(async () => {
      await this.session.text(text);
    });
  }

  /** A server that does not answer by the deadline loses the connection: its answer would come in the middle of something else. */
  protected async bounded<T>(context: OperationContext, work: () => Promise<T>): Promise<T> {
    const { link } = this.session;
    const stop = watchExpiry(link.clock, context, () =>
      link.fail(DriverFault.lost("the server did not answer in time", context.signal?.reason)),
    );
    try {
      return await work();
    } finally {
      stop();
    }
  }
}
