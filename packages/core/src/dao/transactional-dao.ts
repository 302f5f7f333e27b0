import { SessionClosedError } from "../errors/index.ts";
import { type Executor, Session, type Transaction, type TransactionOptions } from "../session/index.ts";
import { checkTable } from "./check-table.ts";
import { DaoBase } from "./dao-base.ts";
import type { TableSpec } from "./table.ts";

/** The constructor that {@link TransactionalDao.for} gives. */
export type TransactionalDaoConstructor<
  Row extends object,
  Generated extends keyof Row = never,
  Key extends keyof Row = never,
  Version extends keyof Row = never,
> = new (executor: Executor) => TransactionalDao<Row, Generated, Key, Version>;

/**
 * A {@link DaoBase} whose every call runs in a transaction: it joins the ambient one of its database, or that of its session, or opens its
 * own. DAOs of several labels work side by side. (`stream` is one statement and needs none of its own.)
 */
export class TransactionalDao<
  Row extends object,
  Generated extends keyof Row = never,
  Key extends keyof Row = never,
  Version extends keyof Row = never,
> extends DaoBase<Row, Generated, Key, Version> {
  /** A transactional DAO class over a table, typed by it. */
  static override for<
    Row extends object,
    Generated extends keyof Row,
    Key extends keyof Row,
    Version extends keyof Row,
  >(table: TableSpec<Row, Generated, Key, Version>): TransactionalDaoConstructor<Row, Generated, Key, Version> {
    checkTable(table);
    return class extends TransactionalDao<Row, Generated, Key, Version> {
      constructor(executor: Executor) {
        super(table, executor);
      }
    };
  }

  /** @throws SessionClosedError for a session that is closed */
  constructor(table: TableSpec<Row, Generated, Key, Version>, executor: Executor) {
    super(table, executor);
    if (executor instanceof Session && executor.closed) {
      throw new SessionClosedError(
        `${executor.label} (${executor.engine}): a DAO cannot be built on a closed session`,
        {
          database: executor.label,
          engine: executor.engine,
        },
      );
    }
  }

  /** Runs `work` in one transaction: the ambient one, the session's, or its own. Calls of this DAO inside it join it. */
  transaction<R>(work: (transaction: Transaction) => Promise<R>, options: TransactionOptions = {}): Promise<R> {
    return this.executor.transaction(work, { propagation: "required", ...options });
  }

  protected override run<R>(work: () => Promise<R>): Promise<R> {
    return this.executor.transaction(work, { propagation: "required" });
  }
}
