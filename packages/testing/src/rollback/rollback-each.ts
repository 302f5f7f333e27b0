import { ConfigurationError, type Database, type DatabaseManager } from "@nsj/mdb-core";
import { hooksOf, type TestHooks } from "./hooks.ts";
import { OneConnection } from "./one-connection.ts";
import { standIn } from "./stand-in.ts";

/** What the code under test may ask a transaction for that the test's own, which has begun, cannot give it any more. */
export const ignorable = ["isolation", "readOnly", "deferrable"] as const;

/** Options of {@link rollbackEach} and {@link beginRollback}. */
export interface RollbackOptions {
  /** Options of transactions that are left out instead of refused: what is tested with them runs without. None by default. */
  readonly ignore?: readonly (typeof ignorable)[number][] | undefined;
}

/** What undoes a test. */
export interface RunningRollback extends AsyncDisposable {
  /** Undoes everything since the beginning. What still waits is refused, what still runs is stopped. Idempotent. */
  rollback(): Promise<void>;
}

/** A manager of whatever labels; or what gives it, where it is made later than the tests are declared. */
export type Databases<Label extends string = string> = Pick<
  DatabaseManager<Readonly<Record<Label, never>>>,
  "labels"
> & { database(label: Label): Database };

const running = new WeakSet<Database>();

/**
 * From now on, everything on these labels runs inside one transaction for each of them, whoever runs it, also behind a socket: what the code under test
 * commits becomes a savepoint. For other tools than test runners; tests call {@link rollbackEach}.
 * @throws ConfigurationError while another one runs on one of the labels; UnsupportedError for a label that stands for several databases, and for an engine
 *   without savepoints
 */
export function beginRollback<Label extends string>(
  databases: Databases<Label>,
  labels: readonly NoInfer<Label>[],
  { ignore = [] }: RollbackOptions = {},
): RunningRollback {
  const unknown = ignore.find((it) => !ignorable.includes(it));
  if (unknown !== undefined) {
    const message = `rollbackEach: option "ignore" takes ${ignorable.join(", ")}, not ${JSON.stringify(unknown)}`;
    throw new ConfigurationError(message, { key: "ignore" });
  }
  const begun: { readonly database: Database; readonly connection: OneConnection }[] = [];
  const giveBack = (): void => {
    for (const { database } of begun) {
      standIn(database, undefined);
      running.delete(database);
    }
  };
  try {
    for (const label of labels) {
      const database = databases.database(label);
      if (running.has(database)) {
        const message = `${label}: another test of this manager is running, and is rolled back; run tests that share a manager one after another`;
        throw new ConfigurationError(message, { database: label });
      }
      standIn(database, (place) => {
        const connection = new OneConnection(place, new Set(ignore));
        begun.push({ database, connection });
        return connection;
      });
      running.add(database);
    }
  } catch (error) {
    giveBack();
    throw error;
  }
  let ending: Promise<void> | undefined;
  const rollback = (): Promise<void> => {
    ending ??= Promise.all(begun.map(({ connection }) => connection.end())).then(() => giveBack());
    return ending;
  };
  return { rollback, [Symbol.asyncDispose]: rollback };
}

/**
 * Undoes every test of the file, or of the `describe` in which it is called: all that happens on the labels between its `beforeEach` and its `afterEach`,
 * whoever does it, also a server in the same process that is asked over a socket. Tests that share a manager have to run one after another.
 *
 * @param databases - the manager, or a function that gives it, where it is made in `beforeAll`
 * @param options - `hooks`: `beforeEach` and `afterEach` of the test runner, where they are not global: in vitest without `globals`
 */
export function rollbackEach<Label extends string>(
  databases: Databases<Label> | (() => Databases<Label>),
  labels: readonly NoInfer<Label>[],
  options: RollbackOptions & { readonly hooks?: TestHooks | undefined } = {},
): void {
  const { beforeEach, afterEach } = options.hooks ?? hooksOf("rollbackEach");
  let current: RunningRollback | undefined;
  beforeEach(() => {
    current = beginRollback(typeof databases === "function" ? databases() : databases, labels, options);
  });
  afterEach(async () => {
    const done = current;
    current = undefined;
    await done?.rollback();
  });
}
