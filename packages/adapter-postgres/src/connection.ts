import {
  type BeginOptions,
  type Branch,
  type BranchEnd,
  type BulkTarget,
  type Call,
  type DriverConnection,
  DriverFault,
  type ExecuteManyResult,
  type Fate,
  type OperationContext,
  type ParameterHint,
  type ParameterValue,
  type PreparedBranch,
  type ResetPlan,
  type ResultSet,
  type RowStream,
  type SessionContext,
  type Statement,
  type Vote,
  watchExpiry,
} from "@nsj/mdb-core";
import { type BranchRoom, finishPrepared, listPrepared, prepareBranch } from "./branches.ts";
import { type BulkLoad, startBulkLoad } from "./bulk.ts";
import { callProcedure, type Routines } from "./call.ts";
import { CursorStream } from "./cursor.ts";
import { capabilities, quoteIdentifier } from "./dialect.ts";
import type { Encoded } from "./encoded.ts";
import { fateOf } from "./fate.ts";
import { executeMany } from "./many.ts";
import { resetSession } from "./reset.ts";
import type { Session } from "./session.ts";
import { durableCommit } from "./spanning-settings.ts";
import { encodeStatement, mayBeScript } from "./statement-text.ts";

/** One connection to a PostgreSQL server: what core asks for, in the protocol's terms. */
export class PostgresConnection implements DriverConnection {
  readonly #session: Session;
  readonly #routines: Routines;
  readonly #room: BranchRoom;
  #bulkLoad: BulkLoad | undefined;

  constructor(session: Session, routines: Routines, room: BranchRoom) {
    this.#session = session;
    this.#routines = routines;
    this.#room = room;
  }

  get usable(): boolean {
    return this.#session.link.alive;
  }

  get txStatus(): "idle" | "active" | "failed" | "unknown" {
    return this.#session.txStatus;
  }

  get txEnded(): number {
    return this.#session.changes.txEnded;
  }

  get dirty(): boolean {
    return this.#session.changes.dirty;
  }

  set dirty(dirty: boolean) {
    this.#session.changes.dirty = dirty;
  }

  get transactionNumber(): string | null | undefined {
    return this.#session.trace.number;
  }

  fateOf(transactionNumber: string, context: OperationContext): Promise<Fate> {
    return this.#bounded(context, () => fateOf(this.#session, transactionNumber));
  }

  get fits(): boolean {
    return this.#session.fit?.fits ?? true;
  }

  get onFatal(): ((error: unknown) => void) | null {
    return this.#session.link.onFatal;
  }

  set onFatal(listener: ((error: unknown) => void) | null) {
    this.#session.link.onFatal = listener;
  }

  query(statement: Statement): Promise<ResultSet> {
    let encoded: Encoded;
    try {
      encoded = encodeStatement(statement);
    } catch (error) {
      return Promise.reject(error);
    }
    if (mayBeScript(statement)) return this.#session.script(statement.text).then(({ result }) => result);
    return this.#session.statement(encoded);
  }

  begin(options: BeginOptions): void | Promise<void> {
    const { isolation, readOnly, deferrable, branch } = options;
    let text = "BEGIN";
    if (isolation !== undefined) {
      if (!capabilities.isolation.includes(isolation)) throw new RangeError(`no isolation level "${isolation}"`);
      text += ` ISOLATION LEVEL ${isolation.toUpperCase()}`;
    }
    if (readOnly !== undefined) text += readOnly ? " READ ONLY" : " READ WRITE";
    if (deferrable !== undefined) text += deferrable ? " DEFERRABLE" : " NOT DEFERRABLE";
    const asked = branch && this.#room.check(this.#session);
    if (asked !== undefined) return asked.then(() => this.#session.hold(text, options));
    return this.#session.hold(text, options);
  }

  commit(): void | Promise<void> {
    if (this.#session.unhold()) return undefined;
    if (!this.usable) throw DriverFault.alreadyLost(this.#session.link.death);
    if (this.txStatus === "idle") throw notCommitted("there is no transaction to commit");
    const { trace } = this.#session;
    return trace.isTraced && trace.isBehind && this.txStatus === "active" ? this.#askAndCommit() : this.#commit();
  }

  /** Learns the transaction's number first. */
  async #askAndCommit(): Promise<void> {
    try {
      await this.#session.openNow();
    } catch (error) {
      // COMMIT itself was not sent.
      throw this.usable ? error : DriverFault.alreadyLost(error);
    }
    await this.#commit();
  }

  async #commit(): Promise<void> {
    const mustBeDurable = this.#session.changes.isRelaxed && this.txStatus === "active";
    const { tag } = await this.#session.command(mustBeDurable ? durableCommit : "COMMIT");
    if (tag !== "COMMIT") {
      throw notCommitted("the server has rolled the transaction back, because a statement of it had failed");
    }
  }

  rollback(): void | Promise<void> {
    if (this.#session.unhold() || this.txStatus === "idle") return undefined;
    return this.#session.command("ROLLBACK").then(() => undefined);
  }

  prepareBranch(branch: Branch): Promise<Vote> {
    return prepareBranch(this.#session, branch);
  }

  finishPrepared(branch: Branch, end: BranchEnd): Promise<"done" | "gone" | "busy"> {
    return finishPrepared(this.#session, branch, end);
  }

  listPrepared(context: OperationContext): Promise<readonly PreparedBranch[]> {
    return this.#bounded(context, () => listPrepared(this.#session));
  }

  savepoint(name: string): Promise<void> {
    return this.#run(`SAVEPOINT ${quoteIdentifier(name)}`);
  }

  rollbackTo(name: string): Promise<void> {
    return this.#run(`ROLLBACK TO SAVEPOINT ${quoteIdentifier(name)}`);
  }

  releaseSavepoint(name: string): Promise<void> {
    return this.#run(`RELEASE SAVEPOINT ${quoteIdentifier(name)}`);
  }

  stream(statement: Statement, { fetchSize }: OperationContext & { readonly fetchSize: number }): RowStream {
    return new CursorStream(this.#session, () => encodeStatement(statement), fetchSize);
  }

  async executeMany(
    text: string,
    parameterSets: Iterable<readonly ParameterValue[]>,
    _context: OperationContext,
    hints?: readonly (ParameterHint | undefined)[],
  ): Promise<ExecuteManyResult> {
    return { affected: await executeMany(this.#session, text, parameterSets, hints) };
  }

  async bulkLoad(
    target: BulkTarget,
    batches: AsyncIterable<readonly (readonly ParameterValue[])[]>,
  ): Promise<{ readonly rows: number }> {
    const load = startBulkLoad(this.#session, target, batches);
    this.#bulkLoad = load;
    try {
      return { rows: await load.rows };
    } finally {
      this.#bulkLoad = undefined;
    }
  }

  call(call: Call): Promise<ResultSet> {
    return callProcedure(this.#session, this.#routines, call);
  }

  ping(context: OperationContext): Promise<void> {
    // An empty text goes to the server and back and works in a failed transaction too.
    return this.#bounded(context, async () => {
      await this.#session.command("");
    });
  }

  async reset(plan: ResetPlan, context: OperationContext): Promise<"done"> {
    await this.#bounded(context, () => resetSession(this.#session, plan));
    return "done";
  }

  cancel(context: OperationContext): Promise<void> {
    const cancelled = this.#session.cancel(context);
    // A COPY that waits for its source cannot be interrupted by the server.
    this.#bulkLoad?.giveUp();
    return cancelled;
  }

  setContext(context: SessionContext | undefined): void {
    this.#session.context = context;
  }

  close(context: OperationContext): Promise<void> {
    this.#session.unhold();
    return this.#session.link.close(context);
  }

  destroy(reason?: unknown): void {
    this.#session.link.destroy(reason);
  }

  ref(): void {
    this.#session.link.client.ref();
  }

  unref(): void {
    this.#session.link.client.unref();
  }

  /** pg's own `Client`. It is in pipeline mode: statements given to it run in order, among those of this connection. */
  raw(): unknown {
    return this.#session.link.client;
  }

  async #run(text: string): Promise<void> {
    await this.#session.statement({ text, values: [], types: undefined, key: text }, false);
  }

  /** A server that does not answer by the deadline loses the connection: its answer would come in the middle of something else. */
  async #bounded<T>(context: OperationContext, work: () => Promise<T>): Promise<T> {
    const { link } = this.#session;
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

function notCommitted(message: string): DriverFault {
  return new DriverFault(message, { kind: "transaction-aborted", executed: "yes" });
}
