import type { Driver, DriverConnection } from "@nsj/mdb-core";

/** What a participant is asked for in a transaction over several databases. */
export type StepName = "note" | "noted" | "work" | "prepare" | "decide" | "commit" | "finish";

/** When something happens to a step. */
export const phases = ["before", "sent", "answered"] as const;

/** See {@link phases}. */
export type Phase = (typeof phases)[number];

/** Where something happens: `"a prepare sent"`. */
export type Place = `${string} ${StepName} ${Phase}`;

/** A driver that tells of every step of one label; what is told of a step before it is sent is waited for. */
export function watched<Options extends object>(
  driver: Driver<Options>,
  label: string,
  at: (place: Place) => Promise<void>,
): Driver<Options> {
  return Object.freeze({
    ...driver,
    connector: (options: Options) => {
      const connector = driver.connector(options);
      return {
        ...connector,
        connect: async (context: Parameters<typeof connector.connect>[0]) =>
          watch(await connector.connect(context), label, at),
      };
    },
  });
}

function watch(connection: DriverConnection, label: string, at: (place: Place) => Promise<void>): DriverConnection {
  let isNoting = false;
  return new Proxy(connection, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      return (...values: readonly unknown[]) => {
        let name = stepOf(key, values[0]);
        // A note is a transaction of its own.
        if (name === "commit" && isNoting) name = "noted";
        if (name === "note" || name === "noted") isNoting = name === "note";
        const call = (): unknown => Reflect.apply(value, target, values);
        return name === undefined ? call() : step(`${label} ${name}`, at, call);
      };
    },
    set: (target, key, value) => Reflect.set(target, key, value, target),
  });
}

async function step(
  name: `${string} ${StepName}`,
  at: (place: Place) => Promise<void>,
  call: () => unknown,
): Promise<unknown> {
  await at(`${name} before`);
  const answer = Promise.resolve(call());
  answer.catch(() => undefined);
  await at(`${name} sent`);
  const value = await answer;
  await at(`${name} answered`);
  return value;
}

function stepOf(member: string | symbol, first: unknown): StepName | undefined {
  switch (member) {
    case "prepareBranch":
      return "prepare";
    case "finishPrepared":
      return "finish";
    case "commit":
      return "commit";
    case "query": {
      const { text } = first as { readonly text: string };
      if (text.startsWith("insert into work")) return "work";
      if (text.startsWith("insert into mdb_members")) return "note";
      // Before the first transaction, one that writes no row finds out whether decisions can be written.
      return text.startsWith("insert into mdb_decisions") && text.includes("slot = 1") ? "decide" : undefined;
    }
    default:
      return undefined;
  }
}
