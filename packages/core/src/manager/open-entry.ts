import { type CompositeManager, isComposite, openComposite } from "./composite.ts";
import { compositeEnvironment } from "./composite-environment.ts";
import { type AnyDriver, type DatabaseEntry, readEntry } from "./configuration.ts";
import type { Database } from "./database.ts";
import { type ManagedEnvironment, openDatabase } from "./open-database.ts";

/** What an entry of a manager is opened with. */
export interface EntryFacts {
  readonly manager: CompositeManager;
  readonly environment: ManagedEnvironment;
  readonly drivers: readonly AnyDriver[];
  /** What stands for the label in the tree of scopes. */
  readonly identity: object;
}

/** Makes the database of an entry. Nothing connects. @throws ConfigurationError that names the label and the key */
export function openEntry(label: string, entry: DatabaseEntry, facts: EntryFacts): Database {
  const { manager, environment, drivers, identity } = facts;
  if (isComposite(entry)) {
    return entry[openComposite](label, manager, compositeEnvironment(label, environment, identity));
  }
  return openDatabase(label, readEntry(label, entry, drivers), environment, { identity });
}
