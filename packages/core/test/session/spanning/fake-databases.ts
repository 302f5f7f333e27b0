import {
  type Capabilities,
  DatabaseManager,
  type DatabaseOptions,
  defineDatabase,
  type ManagerOptions,
  type ServerCapabilities,
} from "@nsj/mdb-core";
import { type FakeDriver, fakeDriver } from "@nsj/mdb-testkit";
import { onTestFinished } from "vitest";

/** Databases that are real enough: a small engine each, and a script that makes it fail. */
export interface FakeDatabases<Label extends string> {
  readonly databases: DatabaseManager<Record<Label, ReturnType<typeof defineDatabase>>>;
  readonly fakes: Readonly<Record<Label, FakeDriver>>;
  /** The rows of the table `t` of each label. */
  rows(): Promise<Readonly<Record<Label, readonly number[]>>>;
  /** What was sent to a label since the beginning of the test, without the set-up. */
  sent(label: Label): readonly string[];
  /** How many branches each label has prepared. */
  prepared(): Promise<number>;
  /** Another process with the same databases. */
  other(options?: ManagerOptions): DatabaseManager<Record<Label, ReturnType<typeof defineDatabase>>>;
}

/** What one label is to be like. */
export interface FakeLabel extends DatabaseOptions {
  readonly capabilities?: Partial<Capabilities>;
  /** What each connection says of its server. */
  readonly said?: ServerCapabilities;
  /** No tables for decisions. */
  readonly isPlain?: boolean;
}

/** Opens one database for each label, with a table `t (id)`, and tables for decisions. */
export async function fakeDatabases<Label extends string>(
  labels: Readonly<Record<Label, FakeLabel>>,
  options: ManagerOptions = {},
): Promise<FakeDatabases<Label>> {
  const fakes = {} as Record<Label, FakeDriver>;
  const names = Object.keys(labels) as Label[];
  for (const label of names) {
    const { capabilities = {}, said } = labels[label];
    fakes[label] = fakeDriver({ name: label, capabilities, ...(said && { serverCapabilities: () => said }) });
  }
  const open = (more: ManagerOptions = options) => {
    const entries = names.map((label) => {
      const { capabilities: _, said: __, isPlain: ___, ...rest }: FakeLabel = labels[label];
      return [label, defineDatabase(fakes[label].driver, rest)];
    });
    const manager = new DatabaseManager(Object.fromEntries(entries), more);
    onTestFinished(() => manager.close({ timeoutMs: 0 }));
    return manager as FakeDatabases<Label>["databases"];
  };
  onTestFinished(() => {
    for (const label of names) fakes[label].close();
  });
  const setup = open({});
  for (const label of names) {
    await setup.database(label).execute("create table t (id integer primary key)");
    if (labels[label].isPlain !== true) await setup.prepareStore(label);
  }
  await setup.close();
  const before = Object.fromEntries(names.map((label) => [label, fakes[label].calls.length]));
  const databases = open();
  return {
    databases,
    fakes,
    other: open,
    async rows() {
      const looking = open({});
      const found = {} as Record<Label, number[]>;
      for (const label of names) {
        const rows = await looking.database(label).query<{ id: number }>("select id from t order by id");
        found[label] = rows.map(({ id }) => id);
      }
      await looking.close();
      return found;
    },
    sent: (label) =>
      fakes[label].calls.slice(before[label]).flatMap(({ on, text }) => {
        if (on === "query") return [String(text).split(" ").slice(0, 3).join(" ")];
        // Recovery looks whenever it wants.
        return ["connect", "close", "destroy", "reset", "listPrepared"].includes(on)
          ? []
          : [text === undefined ? on : `${on} ${text}`];
      }),
    async prepared() {
      const looking = open({});
      const found = await looking.inDoubt();
      await looking.close();
      return found.length;
    },
  };
}

/** An engine that cannot prepare, and cannot tell what became of a lost COMMIT. */
export const unable: FakeLabel = { capabilities: { branches: "none", fates: false } };

/** A server that cannot prepare, though its engine can: only a connection tells. */
export const old: FakeLabel = { said: { branches: "none" } };

/** An engine that can prepare, but cannot tell what became of a lost COMMIT. */
export const forgetful: FakeLabel = { capabilities: { fates: false } };
