import type { Database, TransactionOptions } from "@nsj/mdb-core";
import type { Driver, TransactionSettings } from "kysely";
import { MdbConnection } from "./connection.ts";
import { keepsContext } from "./keeps-context.ts";

/** Kysely's driver over one database. */
export class MdbDriver implements Driver {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  init(): Promise<void> {
    return keepsContext();
  }

  async acquireConnection(): Promise<MdbConnection> {
    return new MdbConnection(this.#database);
  }

  releaseConnection(connection: MdbConnection): Promise<void> {
    return connection.release();
  }

  beginTransaction(connection: MdbConnection, { isolationLevel, accessMode }: TransactionSettings): Promise<void> {
    const options: TransactionOptions = {
      ...(isolationLevel !== undefined && { isolation: isolationLevel }),
      ...(accessMode !== undefined && { readOnly: accessMode === "read only" }),
    };
    return connection.begin(options);
  }

  commitTransaction(connection: MdbConnection): Promise<void> {
    return connection.commit();
  }

  rollbackTransaction(connection: MdbConnection): Promise<void> {
    return connection.rollback();
  }

  savepoint(connection: MdbConnection, name: string): Promise<void> {
    return connection.savepoint(name);
  }

  rollbackToSavepoint(connection: MdbConnection, name: string): Promise<void> {
    return connection.rollbackToSavepoint(name);
  }

  releaseSavepoint(connection: MdbConnection, name: string): Promise<void> {
    return connection.releaseSavepoint(name);
  }

  /** The manager closes its databases. */
  async destroy(): Promise<void> {}
}
