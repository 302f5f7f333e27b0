import { Flight, nothingAhead } from "./flight.ts";
import type { Link } from "./link.ts";
import type { NativeConnection } from "./native.ts";
import type { RawRow } from "./shapes.ts";

/** A text of our own by the simple protocol, before there is a session; its rows as they come. */
export class RawFlight extends Flight<readonly RawRow[]> {
  protected readonly sql: string;
  readonly #rows: RawRow[] = [];

  constructor(link: Link, text: string) {
    super(link, nothingAhead);
    this.sql = text;
  }

  protected write(connection: NativeConnection): void {
    connection.query(this.sql);
  }

  protected override row(row: RawRow): void {
    this.#rows.push(row);
  }

  protected outcome(): readonly RawRow[] {
    return this.#rows;
  }
}
