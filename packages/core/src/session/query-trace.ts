import type { DriverConnection, MaybePromise } from "../driver/index.ts";
import { OpenEvent, type Settling, traced } from "../internal/traced.ts";
import { numberOf } from "../pool/index.ts";
import type { DatabaseContext } from "./database-context.ts";
import { isQueryTraced, type Mutable, type QueryEvent, type QueryKind, queries } from "./diagnostics.ts";
import type { Operation, OperationTrace } from "./operation.ts";

/** What is known of a statement before it is sent. */
export interface QueryFacts {
  readonly kind: QueryKind;
  readonly statement?: string | undefined;
  readonly name?: string | undefined;
  readonly fingerprint?: string | undefined;
  readonly parameterized?: boolean;
  readonly table?: string | undefined;
  readonly operation?: string | undefined;
  readonly batchSize?: number | undefined;
  /** Where the context does not tell it: which of the databases behind the label. */
  readonly key?: string | undefined;
}

/** What of a result an event tells. */
export interface Counts {
  readonly rowCount: number;
  readonly returnedRows?: number | undefined;
}

/** One event of `mdb:query`, made only where somebody subscribes. */
export class QueryTrace implements OperationTrace, Settling {
  readonly event: Mutable<QueryEvent>;
  readonly #context: DatabaseContext;
  readonly #calledAt: number;
  #counted: ((result: never) => Counts) | undefined;
  #open: OpenEvent<QueryEvent> | undefined;

  constructor(context: DatabaseContext, facts: QueryFacts) {
    const { kind, statement, name, fingerprint, parameterized = false, table, operation, key = context.key } = facts;
    this.#context = context;
    this.#calledAt = context.clock.now();
    // One literal, since each statement makes one.
    const event: Mutable<QueryEvent> = {
      database: context.database,
      manager: context.tally.manager,
      engine: context.engine,
      kind: context.isInternal === true ? "internal" : kind,
      statement,
      name,
      parameterized,
      table,
      operation,
      target: context.target,
    };
    if (key !== undefined) event.key = key;
    if (context.group !== undefined) event.group = context.group;
    if (fingerprint !== undefined) event.fingerprint = fingerprint;
    if (facts.batchSize !== undefined) event.batchSize = facts.batchSize;
    this.event = event;
  }

  /** Runs all of it as one event. @param counted - what its result tells of rows */
  run<T>(work: () => MaybePromise<T>, counted?: (result: T) => Counts): MaybePromise<T> {
    this.#counted = counted;
    return traced(queries, this.event, work, this);
  }

  /** It is over. */
  settled(result?: unknown): void {
    this.event.durationMs = this.#context.clock.now() - this.#calledAt;
    if (this.#counted === undefined || result === undefined) return;
    const { rowCount, returnedRows } = this.#counted(result as never);
    this.event.rowCount = rowCount;
    if (returnedRows !== undefined) this.event.returnedRows = returnedRows;
  }

  /** Begins an event that {@link end} ends. */
  open(): void {
    this.#open = new OpenEvent<QueryEvent>(queries, this.event);
  }

  end(error?: unknown): void {
    if (this.#open?.ended === false) this.settled();
    this.#open?.end(error);
  }

  /** What is to be performed, which may be one of several parts, noting in the event that it is. */
  noting<T>(text: string, perform: Operation<T>["perform"]): Operation<T>["perform"] {
    let attempt = 0;
    this.event.statement ??= text;
    const sent = (connection: DriverConnection): void => {
      attempt++;
      this.event.attempt = Math.max(this.event.attempt ?? 1, attempt);
      this.sentOn(connection);
    };
    // What is performed may read its operation.
    return function (this: Operation<T>, connection, within) {
      sent(connection);
      return perform.call(this, connection, within);
    };
  }

  /** Parameter sets that are counted as they are taken. */
  counting<T>(sets: Iterable<T>): Iterable<T> {
    const { event } = this;
    if (Array.isArray(sets)) return sets;
    event.batchSize = 0;
    return counted();
    function* counted(): Generator<T, void, undefined> {
      for (const set of sets) {
        event.batchSize = (event.batchSize ?? 0) + 1;
        yield set;
      }
    }
  }

  /** Rows of a stream have been read. */
  read(rows: number): void {
    this.event.rowCount = this.event.returnedRows = (this.event.rowCount ?? 0) + rows;
  }

  /** It is about to be sent, maybe not for the first time. */
  sending(connection: DriverConnection): void {
    this.event.attempt = (this.event.attempt ?? 0) + 1;
    this.sentOn(connection);
  }

  /** It is about to be sent. */
  sentOn(connection: DriverConnection): void {
    const number = numberOf(connection);
    if (number !== undefined) this.event.connection = number;
    if (connection.target !== undefined) this.event.target = connection.target;
    this.event.waitedMs ??= this.#context.clock.now() - this.#calledAt;
  }

  /** A stream has its connection. */
  opened(lease: {
    readonly connection: DriverConnection;
    readonly context: DatabaseContext;
    readonly transaction?: number | undefined;
  }): void {
    this.event.attempt = 1;
    this.at(lease.context, lease.transaction);
    this.sentOn(lease.connection);
  }

  /** It is known where it runs. */
  at({ key, group, target }: DatabaseContext, transaction?: number): void {
    if (key !== undefined) this.event.key = key;
    if (group !== undefined) this.event.group = group;
    this.event.target = target;
    if (transaction !== undefined) this.event.transaction = transaction;
  }
}

/** Runs `work` as one event, where somebody subscribes. @param counted - what its result tells of rows */
export function traceQuery<T>(
  context: DatabaseContext,
  facts: QueryFacts,
  counted: (result: T) => Counts,
  work: (trace?: QueryTrace) => MaybePromise<T>,
): MaybePromise<T> {
  if (!isQueryTraced()) return work();
  const trace = new QueryTrace(context, facts);
  return trace.run(() => work(trace), counted);
}

/** Runs one of those that have no text, as COMMIT, as one event. */
export function traceControl<T>(
  context: DatabaseContext,
  kind: QueryKind,
  connection: DriverConnection,
  transaction: { readonly number: number } | undefined,
  work: () => MaybePromise<T>,
  operation: string = kind,
): MaybePromise<T> {
  if (!isQueryTraced()) return work();
  const trace = new QueryTrace(context, { kind, operation });
  trace.event.attempt = 1;
  trace.at(context, transaction?.number);
  trace.sentOn(connection);
  return trace.run(work);
}
