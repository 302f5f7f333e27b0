import type pg from "pg";
import { type BackingColumn, backingColumn } from "./backing-cursor.ts";

/** The part of pg's connection that a description drives. */
interface Wire {
  once(event: "parameterDescription", listener: (message: { readonly dataTypeIDs: readonly number[] }) => void): void;
  parse(message: { text: string }, more: boolean): void;
  describe(message: { type: "S" }, more: boolean): void;
  sync(): void;
}

/** Asks PostgreSQL what columns a statement gives, without running it: Parse, Describe, Sync. Made by `PostgresSession.describe`. */
export class BackingDescription implements pg.Submittable {
  /** The columns; empty for a statement that returns no rows. */
  readonly columns: Promise<readonly BackingColumn[]>;
  /** PostgreSQL's numbers for the types of the parameters; known with the columns. */
  parameterTypes: readonly number[] = [];
  readonly #text: string;
  #found: readonly BackingColumn[] = [];
  #resolve: (columns: readonly BackingColumn[]) => void = () => {};
  #reject: (error: Error) => void = () => {};

  constructor(text: string) {
    this.#text = text;
    this.columns = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  submit(connection: unknown): void {
    const wire = connection as Wire;
    wire.once("parameterDescription", ({ dataTypeIDs }) => {
      this.parameterTypes = dataTypeIDs;
    });
    wire.parse({ text: this.#text }, true);
    wire.describe({ type: "S" }, true);
    wire.sync();
  }

  handleRowDescription({ fields }: { readonly fields: readonly pg.FieldDef[] }): void {
    this.#found = fields.map(backingColumn);
  }

  handleReadyForQuery(): void {
    this.#resolve(this.#found);
  }

  handleError(error: Error): void {
    this.#reject(error);
  }
}
