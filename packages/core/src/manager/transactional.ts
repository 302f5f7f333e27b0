import { ParameterError } from "../errors/index.ts";
import { kindInWords, kindUnawaited } from "../internal/kind-in-words.ts";
import type { TransactionOptions } from "../session/index.ts";
import type { Database } from "./database.ts";
import type { DatabaseManager } from "./database-manager.ts";
import { defaultManager } from "./process-default.ts";
import type { RegisteredLabel } from "./register.ts";

/**
 * Which database a transaction is on: the database itself, a label of the process-wide default, or a function that finds it from the
 * object whose method is called.
 */
export type TransactionTarget<This = unknown> = Database | RegisteredLabel | ((self: This) => Database);

type Method<This, Arguments extends unknown[], Result> = (this: This, ...parameters: Arguments) => Promise<Result>;

/**
 * Makes a function whose every call runs in a transaction: statements on that database inside it join it. It joins a running one, unless
 * `options.propagation` says otherwise. For those who do not use decorators; see {@link Transactional}.
 *
 * @throws ParameterError for what is no function
 * @throws ParameterError at the call, where `target` leads to no database
 * @throws NotConfiguredError at the call, for a label before `ConnectionPool.configure()`
 */
export function transactional<This, Arguments extends unknown[], Result>(
  target: TransactionTarget<This>,
  work: Method<This, Arguments, Result>,
  options?: TransactionOptions,
): Method<This, Arguments, Result> {
  if (typeof work !== "function") {
    throw new ParameterError(`transactional() takes a function, as in async () => { ... }, not ${kindInWords(work)}`);
  }
  return async function (this: This, ...parameters: Arguments): Promise<Result> {
    return databaseOf(target, this).transaction(() => work.apply(this, parameters), options);
  };
}

/**
 * A standard method decorator (TC39 proposal, stage 3) that runs each call of the method in a transaction.
 *
 * ```ts
 * class OrderService {
 *   @Transactional("orders", { isolation: "serializable", retry: { attempts: 3 } })
 *   async place(order: Order): Promise<void> {}
 * }
 * ```
 */
export function Transactional<This>(target: TransactionTarget<This>, options?: TransactionOptions) {
  return <Arguments extends unknown[], Result>(
    method: Method<This, Arguments, Result>,
    _context: ClassMethodDecoratorContext<This, Method<This, Arguments, Result>>,
  ): Method<This, Arguments, Result> => transactional(target, method, options);
}

function databaseOf<This>(target: TransactionTarget<This>, self: This): Database {
  if (typeof target === "string") return defaultManager<DatabaseManager>().database(target);
  const database: Partial<Database> | undefined = typeof target === "function" ? target(self) : target;
  // A manager has transactions, too, but of labels.
  if (typeof database?.transaction === "function" && database.engine !== undefined) return database as Database;
  throw new ParameterError(
    `what a transaction is on is a Database, a label or a function that finds a Database, not ${kindUnawaited(database)}`,
  );
}
