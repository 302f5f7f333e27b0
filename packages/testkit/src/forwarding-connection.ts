import type {
  BeginOptions,
  Branch,
  BranchEnd,
  BulkTarget,
  Call,
  DriverConnection,
  ExecuteManyResult,
  Fate,
  MaybePromise,
  OperationContext,
  ParameterHint,
  ParameterValue,
  PreparedBranch,
  ResetPlan,
  ResultSet,
  RowStream,
  ServerCapabilities,
  SessionContext,
  Statement,
  Vote,
} from "@nsj/mdb-core";

/** A connection that hands every call on to another one of which all members are there. What wraps a connection extends it. */
export class ForwardingConnection implements Required<DriverConnection> {
  protected readonly inner: Required<DriverConnection>;

  constructor(inner: Required<DriverConnection>) {
    this.inner = inner;
  }

  get usable(): boolean {
    return this.inner.usable;
  }

  get txStatus(): DriverConnection["txStatus"] {
    return this.inner.txStatus;
  }

  get capabilities(): ServerCapabilities {
    return this.inner.capabilities ?? {};
  }

  get target(): DriverConnection["target"] {
    return this.inner.target;
  }

  get onFatal(): ((error: unknown) => void) | null {
    return this.inner.onFatal;
  }

  set onFatal(listener: ((error: unknown) => void) | null) {
    this.inner.onFatal = listener;
  }

  get dirty(): boolean {
    return this.inner.dirty;
  }

  set dirty(dirty: boolean) {
    this.inner.dirty = dirty;
  }

  get fits(): boolean {
    return this.inner.fits;
  }

  get txEnded(): number {
    return this.inner.txEnded;
  }

  get transactionNumber(): string | null | undefined {
    return this.inner.transactionNumber;
  }

  fateOf(transactionNumber: string, context: OperationContext): Promise<Fate> {
    return this.inner.fateOf(transactionNumber, context);
  }

  query(statement: Statement, context: OperationContext): MaybePromise<ResultSet> {
    return this.inner.query(statement, context);
  }

  begin(options: BeginOptions): MaybePromise<void> {
    return this.inner.begin(options);
  }

  commit(): MaybePromise<void> {
    return this.inner.commit();
  }

  rollback(): MaybePromise<void> {
    return this.inner.rollback();
  }

  prepareBranch(branch: Branch): MaybePromise<Vote> {
    return this.inner.prepareBranch(branch);
  }

  finishPrepared(branch: Branch, end: BranchEnd): MaybePromise<"done" | "gone" | "busy"> {
    return this.inner.finishPrepared(branch, end);
  }

  listPrepared(context: OperationContext): Promise<readonly PreparedBranch[]> {
    return this.inner.listPrepared(context);
  }

  close(context: OperationContext): Promise<void> {
    return this.inner.close(context);
  }

  destroy(reason?: unknown): void {
    this.inner.destroy(reason);
  }

  ping(context: OperationContext): Promise<void> {
    return this.inner.ping(context);
  }

  reset(plan: ResetPlan, context: OperationContext): MaybePromise<"done" | "deferred" | "impossible"> {
    return this.inner.reset(plan, context);
  }

  cancel(context: OperationContext): Promise<void> {
    return this.inner.cancel(context);
  }

  stream(statement: Statement, options: OperationContext & { readonly fetchSize: number }): RowStream {
    return this.inner.stream(statement, options);
  }

  executeMany(
    text: string,
    parameterSets: Iterable<readonly ParameterValue[]>,
    context: OperationContext,
    hints?: readonly (ParameterHint | undefined)[],
  ): MaybePromise<ExecuteManyResult> {
    return this.inner.executeMany(text, parameterSets, context, hints);
  }

  bulkLoad(
    target: BulkTarget,
    batches: AsyncIterable<readonly (readonly ParameterValue[])[]>,
    context: OperationContext,
  ): Promise<{ readonly rows: number }> {
    return this.inner.bulkLoad(target, batches, context);
  }

  call(call: Call, context: OperationContext): MaybePromise<ResultSet> {
    return this.inner.call(call, context);
  }

  savepoint(name: string): MaybePromise<void> {
    return this.inner.savepoint(name);
  }

  rollbackTo(name: string): MaybePromise<void> {
    return this.inner.rollbackTo(name);
  }

  releaseSavepoint(name: string): MaybePromise<void> {
    return this.inner.releaseSavepoint(name);
  }

  setContext(context: SessionContext | undefined): void {
    this.inner.setContext(context);
  }

  ref(): void {
    this.inner.ref();
  }

  /** See {@link ref}. */
  unref(): void {
    this.inner.unref();
  }

  raw(): unknown {
    return this.inner.raw();
  }
}
