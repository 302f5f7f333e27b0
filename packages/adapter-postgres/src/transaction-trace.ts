import type { Link } from "./link.ts";
import { RawFlight } from "./raw-flight.ts";

/** Gives nothing as long as the transaction has written nothing. The names of PostgreSQL 10; newer servers have them too. */
export const numberText = "select pg_catalog.txid_current_if_assigned()";

/**
 * A standby that was promoted counts on from what it had received: a number of the old primary may mean another transaction there. Its timeline is
 * another one, and the first eight digits of a file's name. A server that has crashed counts on from what had come to its disk, and gives the numbers of
 * transactions that were lost to others. It forgets its statistics then, so that the moment from which they count tells one life of it from the next.
 */
export const lifeText = `select pg_catalog.left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 8) || '-' ||
  (extract(epoch from pg_catalog.pg_stat_get_bgwriter_stat_reset_time()) * 1000000)::pg_catalog.int8`;

const notifying = /notify/i;

/** The number of a transaction that may have to be asked after: learnt behind its statements, in their flights, until it has one. */
export class TransactionTrace {
  readonly #link: Link;
  #life: Promise<string | undefined> | undefined;
  #knownLife: string | undefined;
  /** Whether the transaction may have to be asked after; where not, nothing here has anything to do. */
  isTraced = false;
  #number: string | null | undefined;
  #isBehind = false;
  #mayNotify = false;

  constructor(link: Link) {
    this.#link = link;
  }

  /** A transaction begins. */
  begin(traceable: boolean): void {
    this.isTraced = traceable;
    this.#number = undefined;
    this.#isBehind = false;
    this.#mayNotify = false;
  }

  /** A text is about to be sent. A NOTIFY is no write, but others notice it once it is committed. */
  sends(text: string): void {
    if (!this.#mayNotify) this.#mayNotify = notifying.test(text);
  }

  /** Whether the transaction has done nothing that anybody could notice. */
  get didNothing(): boolean {
    return this.#number === null && !this.#isBehind && !this.#mayNotify;
  }

  /** What is to be asked of the server ahead of the first transaction that is traced, in a flight of its own: it may be refused. */
  ahead(): void {
    if (this.#life !== undefined) return;
    const flight = new RawFlight(this.#link, lifeText);
    this.#life = flight.result.then(
      ([row]) => {
        this.#knownLife = row?.[0] ?? undefined;
        return this.#knownLife;
      },
      () => undefined,
    );
    this.#link.send(flight);
  }

  /** Whether a statement has to ask for the number. */
  get asks(): boolean {
    return this.isTraced && (this.#number === undefined || this.#number === null);
  }

  /** Whether something has run since that could not ask. */
  get isBehind(): boolean {
    return this.#isBehind && this.asks;
  }

  /** Something runs that cannot ask. */
  skipped(): void {
    this.#isBehind = true;
  }

  /** The server has told the number. */
  told(number: string | null): void {
    this.#number = number;
    this.#isBehind = false;
  }

  /** See `DriverConnection.transactionNumber`. */
  get number(): string | null | undefined {
    // A NOTIFY gets its number from COMMIT.
    if ((this.#isBehind || this.#mayNotify) && !this.#number) return undefined;
    if (typeof this.#number !== "string") return this.#number;
    return this.#knownLife === undefined ? undefined : `${this.#knownLife}:${this.#number}`;
  }
}
