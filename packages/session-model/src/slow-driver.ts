import type { Connector, Driver, DriverConnection } from "@nsj/mdb-core";
import type { FakeClock } from "@nsj/mdb-testkit";
import { Chance } from "./chance.ts";

/** What is sent to a database, and may take its time there. */
const members: ReadonlySet<keyof DriverConnection> = new Set([
  "query",
  "begin",
  "commit",
  "rollback",
  "savepoint",
  "rollbackTo",
  "releaseSavepoint",
  "executeMany",
  "bulkLoad",
]);

const slowShare = 0.03;
/** Longer than core waits for an answer to a cancellation before it cuts a connection. */
const slowestMs = 3_000;
const failingRollbacks = 0.05;

/**
 * A driver that takes its time for some of its calls, cannot be stopped meanwhile but by the end of the connection, and does not always roll back when
 * it is asked to. Where the database lives in that connection, nobody may end it for any of this.
 */
export function slowDriver<Options extends object, Name extends string>(
  driver: Driver<Options, Name>,
  clock: FakeClock,
): Driver<Options, Name> {
  const chance = new Chance(1);
  return {
    ...driver,
    connector: (options, environment) => {
      const connector = driver.connector(options, environment);
      const connect: Connector["connect"] = async (context) => slow(await connector.connect(context), clock, chance);
      return { ...connector, connect };
    },
  };
}

function slow(connection: DriverConnection, clock: FakeClock, chance: Chance): DriverConnection {
  const destroyed = Promise.withResolvers<void>();
  const destroy = (reason?: unknown): void => {
    connection.destroy(reason);
    destroyed.resolve();
  };
  const cancel = (): Promise<void> => Promise.reject(new Error("nothing stops it"));
  let isOwed = false;
  const rollback = (): unknown => {
    // Twice in a row would leave nobody a way to go on, and whoever wants the connection next hears of it.
    isOwed = !isOwed && chance.hits(failingRollbacks);
    if (isOwed) throw new Error("it was not rolled back");
    return connection.rollback();
  };
  const own = { destroy, cancel, rollback };
  const later = async (call: () => unknown): Promise<unknown> => {
    const over = new Promise<void>((resolve) => clock.setTimer(resolve, chance.below(slowestMs)));
    await Promise.race([over, destroyed.promise]);
    return call();
  };
  return new Proxy(connection, {
    get(target, key) {
      const value: unknown = Object.hasOwn(own, key) ? Reflect.get(own, key) : Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      const call = value.bind(target) as (...given: unknown[]) => unknown;
      if (!(members as ReadonlySet<string | symbol>).has(key)) return call;
      return (...given: unknown[]) => (chance.hits(slowShare) ? later(() => call(...given)) : call(...given));
    },
    set: (target, key, value) => Reflect.set(target, key, value, target),
  });
}
