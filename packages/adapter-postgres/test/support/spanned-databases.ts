import { DatabaseManager, type DatabaseOptions } from "@nsj/mdb-core";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { type PostgresOptions, postgres } from "../../src/index.ts";
import { uniqueName } from "./driving.ts";
import { asAdmin, serverOptions } from "./server.ts";

type More<Label extends string> = Partial<Record<Label, PostgresOptions & DatabaseOptions>>;

/** A database of the run's server for each of these labels, made before the tests of the file that asks for them and dropped after. */
export function spannedDatabases<Label extends string>(...labels: readonly Label[]) {
  const names = Object.fromEntries(labels.map((label) => [label, uniqueName(label)])) as Record<Label, string>;
  const each = async (statement: (name: string) => string): Promise<void> => {
    for (const label of labels) await asAdmin(statement(names[label]));
  };
  beforeAll(() => each((name) => `create database ${name}`));
  afterAll(() => each((name) => `drop database ${name} with (force)`));

  /** A manager of them, closed after the test. @param more - options beside the server's own */
  function open(more: More<Label> = {}) {
    const definition = (label: Label) => postgres({ ...serverOptions({ database: names[label] }), ...more[label] });
    const entries = labels.map((label) => [label, definition(label)]);
    const databases = new DatabaseManager(Object.fromEntries(entries) as Record<Label, ReturnType<typeof definition>>);
    onTestFinished(() => databases.close({ timeoutMs: 0 }));
    return databases;
  }
  return { names, open };
}
