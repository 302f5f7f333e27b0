import { checkOptions, type DriverConnection, type MaybePromise, type OptionRules } from "../driver/index.ts";
import { UnsupportedError } from "../errors/index.ts";
import type { Borrowed, ReleaseOutcome } from "../pool/index.ts";
import { type Bounds, boundsFrom, unbounded } from "./bounds.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";
import type { Transaction } from "./executor.ts";
import type { Operation } from "./operation.ts";
import { Participant } from "./participant.ts";
import { propagate } from "./propagate.ts";
import { currentScope, Scope } from "./scope.ts";
import { StatementExecutor } from "./statement-executor.ts";
import type { StatementOptions } from "./statement-options.ts";
import type { StreamLease } from "./stream-lease.ts";
import { noSessionOptions, type TransactionOptions } from "./transaction-options.ts";
import type { Occupant } from "./turn.ts";
import { Unit } from "./unit.ts";
import { stillOpen } from "./unit-errors.ts";

/** Options of `withConnection()`. */
export interface PinOptions extends Pick<StatementOptions, "signal" | "timeoutMs"> {
  /**
   * What happens to the session when the connection goes back. `"always"` (default): it is reset, whatever was done. `"auto"`: as after any other
   * statement, only when something was seen to change it, at no round trip else; where the engine does not show that, it is reset.
   */
  readonly reset?: "always" | "auto" | undefined;
}

const rules: OptionRules<PinOptions> = {
  signal: { type: "object" },
  timeoutMs: { type: "milliseconds" },
  reset: { type: "string", oneOf: ["always", "auto"] },
};

/** @throws ConfigurationError for an unknown option or a wrong value */
export function checkPinOptions(place: string, options: PinOptions): void {
  checkOptions<PinOptions>(place, options, rules);
}

/**
 * One physical connection, outside any transaction: for temporary tables, advisory locks and session settings. Its statements run one
 * after another, each committing by itself; `transaction()` runs on the same connection. Valid until its callback ends.
 */
export class PinnedConnection extends StatementExecutor {
  readonly #connection: DriverConnection;
  readonly #part: Participant;
  /** What a transaction on it takes for the lease of its own. */
  readonly #lease: Borrowed;

  /** Made by `Database.withConnection`. @param scope - who holds the connection */
  constructor(context: DatabaseContext, connection: DriverConnection, scope: Scope, bounds: Bounds) {
    super(context);
    this.#connection = connection;
    const unit = new Unit({ context, scope, bounds: unbounded, options: {}, pinned: connection });
    this.#lease = {
      connection,
      // Where its database lives in the connection, a transaction that could not be undone stays open: nothing would commit by itself any more.
      release: ({ error, answered }: ReleaseOutcome = {}) => {
        if (answered === true) unit.answered = true;
        if (error === "dead" && connection.usable) void unit.end(stillOpen(context));
      },
      get revoked(): boolean {
        return unit.revoked;
      },
    };
    this.#part = new Participant({ unit, scope, bounds });
  }

  /**
   * The driver's own connection object, for what this library has no word for; `undefined` when the driver keeps it to itself.
   * @throws UnsupportedError for a database in another one's pool, whose context it would not have
   */
  raw(): unknown {
    if (this.context.sharedWith !== undefined) {
      const message = `${nameOf(this.context)}: the driver's own connection would work outside of the context that tells this database apart`;
      throw new UnsupportedError(message, this.context);
    }
    return this.#connection.raw?.();
  }

  /** Whether the server has answered something on it. */
  get answered(): boolean {
    return this.#part.unit.answered;
  }

  transaction<R>(
    work: (transaction: Transaction) => Promise<R>,
    options: TransactionOptions = noSessionOptions,
  ): Promise<R> {
    const { context } = this;
    const part = this.#part;
    const outer = part.here();
    if (outer !== part) return propagate({ context, outer, usual: "nested" }, work, options);
    if (part.refusal !== undefined) return Promise.reject(part.unit.closedError());
    const pinned = { unit: part.unit, lease: this.#lease };
    return propagate({ context, outer: undefined, pinned, usual: "required" }, work, options);
  }

  /** Runs the callback that it was pinned for, then ends it: what still runs is stopped. Resolves or rejects once the connection is quiet. */
  async use<R>(work: () => Promise<R>): Promise<R> {
    try {
      return await this.#part.run(work);
    } finally {
      await this.#part.unit.end();
    }
  }

  protected override perform<T>(operation: Operation<T>, occupant?: Occupant): MaybePromise<T> {
    return this.#part.execute(operation, occupant);
  }

  protected override openStream(options: StatementOptions, occupant: Occupant): Promise<StreamLease> {
    return this.#part.openStream(boundsFrom(this.context, options), occupant);
  }

  protected override get commitsAlone(): boolean {
    return true;
  }

  protected override atomically<R>(
    work: (executor: StatementExecutor) => Promise<R>,
    own: Pick<TransactionOptions, "retry"> = {},
  ): Promise<R> {
    return this.transaction((inner) => work(inner as Transaction & StatementExecutor), own);
  }
}

/** A scope for somebody who holds a connection or a session, inside of the calling one. */
export function holdingScope({ clock, database }: DatabaseContext, what: string): Scope {
  return new Scope({ clock, describe: `${what} "${database}"`, parent: currentScope() });
}
