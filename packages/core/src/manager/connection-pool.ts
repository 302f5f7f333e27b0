import type { CloseOptions } from "../pool/index.ts";
import { type DatabaseEntries, DatabaseManager } from "./database-manager.ts";
import type { ManagerOptions } from "./manager-options.ts";
import { defaultManager, setDefaultManager, takeDefaultManager } from "./process-default.ts";

/** The process-wide default of an application that wants no manager of its own; as in the Python library of the same name. */
export class ConnectionPool {
  /**
   * Configures the default from labels to databases: what adapters' factories give, URLs, or the Python library's dictionary entries
   * (`engine`, `db`, `connection_string`, `schema`, `label`) together with `{ drivers: [...] }`. Nothing connects.
   * @throws ConfigurationError when it is wrong, a list, or given twice
   */
  static configure<Entries extends DatabaseEntries>(
    entries: Entries,
    options?: ManagerOptions,
  ): DatabaseManager<Entries> {
    return setDefaultManager(
      () => new DatabaseManager(entries as DatabaseEntries, options),
    ) as DatabaseManager<Entries>;
  }

  /** The manager behind the default. @throws NotConfiguredError before `configure()` */
  static get manager(): DatabaseManager {
    return defaultManager();
  }

  /** Closes every database of the default and forgets it, so that it can be configured anew. Nothing happens when there is none. */
  static async closeAllConnections(options?: CloseOptions): Promise<void> {
    await takeDefaultManager<DatabaseManager>()?.close(options);
  }
}
