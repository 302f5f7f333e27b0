import {
  conformance,
  ForwardingConnection,
  miniRunner,
  type ReferenceServer,
  referenceDriver,
  referenceServer,
  referenceSubject,
} from "@nsj/mdb-testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let server: ReferenceServer;

beforeEach(async () => {
  server = await referenceServer();
});

afterEach(async () => {
  await server.close();
});

const questions = [
  "parameters: gives each placeholder its own value, in order",
  "transactions: undoes everything on rollback",
  "transactions: shows others nothing before commit, and everything after it",
];

describe("the suite comes to its end", () => {
  it("although nothing that it has made can be removed", async () => {
    const driver = changed({
      connect: (inner) =>
        new (class extends ForwardingConnection {
          override query(...[statement, context]: Parameters<ForwardingConnection["query"]>) {
            return statement.text.startsWith("drop") ? never() : super.query(statement, context);
          }
        })(inner),
    });
    expect(await outcomesOf(driver)).toEqual(["pass", "pass", "pass"]);
  });

  it("although no connector can be closed, and says what hangs", async () => {
    const results = await resultsOf(changed({ close: never }));
    expect(results.map(({ reason }) => reason?.split("\n")[0])).toEqual(
      questions.map(() => expect.stringContaining("close() of a connector did not settle")),
    );
  });
});

function never(): Promise<never> {
  return new Promise(() => undefined);
}

interface Change {
  connect?(inner: ConstructorParameters<typeof ForwardingConnection>[0]): ForwardingConnection;
  readonly close?: () => Promise<void>;
}

function changed({ connect, close }: Change): typeof referenceDriver {
  return {
    ...referenceDriver,
    connector: (options, environment) => {
      const real = referenceDriver.connector(options, environment);
      return {
        ...real,
        ...(close !== undefined && { close }),
        connect: async (context) => {
          const opened = await real.connect(context);
          return connect === undefined ? opened : connect(opened as Parameters<typeof connect>[0]);
        },
      };
    },
  };
}

function resultsOf(driver: typeof referenceDriver) {
  const runner = miniRunner();
  conformance(runner, { ...referenceSubject(() => server, driver), patienceMs: 200 }, { only: questions });
  return runner.run();
}

async function outcomesOf(driver: typeof referenceDriver) {
  return (await resultsOf(driver)).map(({ outcome }) => outcome);
}
