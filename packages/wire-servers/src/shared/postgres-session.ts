import { once } from "node:events";
import { connect } from "node:net";
import pg from "pg";
import { type BackingColumn, BackingCursor, type BackingRow, type BackingValue } from "./backing-cursor.ts";
import { BackingDescription } from "./backing-description.ts";
import { InterruptedError, Interruption } from "./interruption.ts";

/** What one statement gave. */
export interface BackingResult {
  readonly columns: readonly BackingColumn[];
  readonly rows: BackingRow[];
  /** `"INSERT"`, `"SELECT"`, ... */
  readonly command: string;
  /** Rows inserted, updated, deleted or returned; `null` where PostgreSQL does not count. */
  readonly rowCount: number | null;
}

/**
 * The PostgreSQL session behind one session of a wire server. One call at a time, except `cancel`. Errors are pg's `DatabaseError`s.
 *
 * An error inside a transaction dooms it in PostgreSQL, while SQL Server and Oracle undo the statement only: `statement` gives
 * those engines' rule, by a savepoint around the work.
 */
export class PostgresSession {
  readonly #client: pg.Client;
  readonly #url: URL;
  readonly #interruption = new Interruption(() => this.cancel());
  #lost: Error | undefined;
  /** Called at most once, when the session dies by itself. */
  onLost: ((error: Error) => void) | null = null;
  /** Called with what RAISE NOTICE says. */
  onNotice: ((notice: { readonly code?: string | undefined; readonly message?: string | undefined }) => void) | null =
    null;

  private constructor(client: pg.Client, url: URL) {
    this.#client = client;
    this.#url = url;
    const lose = (error: Error) => {
      if (this.#lost !== undefined) return;
      this.#lost = error;
      this.onLost?.(error);
    };
    client.on("error", lose);
    client.on("notice", (notice) => this.onNotice?.(notice));
    client.on("end", () => lose(new Error("the database behind the wire server closed the session")));
  }

  /** Connects. `settings` are run-time parameters of PostgreSQL, set at start-up. */
  static async open(url: string, settings: Readonly<Record<string, string>> = {}): Promise<PostgresSession> {
    const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${value.replace(/([\\ ])/g, "\\$1")}`);
    const client = new pg.Client({ connectionString: url, options: options.join(" ") });
    const session = new PostgresSession(client, new URL(url));
    await client.connect();
    // Clients of the wire server in the same process look at what keeps it alive; that is the listener's part.
    (client as unknown as ClientFacts).unref();
    return session;
  }

  /** Where PostgreSQL is: outside a transaction, inside, or inside one that can only be rolled back. */
  get status(): "idle" | "active" | "failed" {
    const status = this.#client.getTransactionStatus();
    return status === "T" ? "active" : status === "E" ? "failed" : "idle";
  }

  /** The id of PostgreSQL's process for this session. */
  get processId(): number {
    return (this.#client as unknown as ClientFacts).processID;
  }

  /** Runs one statement and gives all of its rows. */
  async run(text: string, values: readonly BackingValue[] = []): Promise<BackingResult> {
    return this.first(text, values, 0);
  }

  /** Runs one statement and gives its first rows, at most so many (0: all of them). `complete` says whether there were no more. */
  async first(
    text: string,
    values: readonly BackingValue[],
    limit: number,
  ): Promise<BackingResult & { readonly complete: boolean }> {
    const cursor = this.#cursor(text, values, true);
    const rows = await cursor.read(limit);
    const { columns, command, rowCount, complete } = cursor;
    return { columns, rows, command, rowCount, complete };
  }

  /** Runs several statements in one round trip, for what they do and not for what they give. */
  async script(text: string): Promise<void> {
    await this.#interruption.exchange(() => this.#script(text));
  }

  /** Prepares a statement whose rows are pulled in portions. Does no I/O before the first `read`. */
  cursor(text: string, values: readonly BackingValue[] = []): BackingCursor {
    return this.#cursor(text, values, false);
  }

  #cursor(text: string, values: readonly BackingValue[], onePortion: boolean): BackingCursor {
    const cursor: BackingCursor = new BackingCursor(text, values, {
      onePortion,
      start: () => this.#client.query(cursor),
      ready: () => this.#ready(),
      exchange: (work) => this.#interruption.exchange(work),
    });
    return cursor;
  }

  /** What columns a statement would give, without running it. Fails as the statement would when it cannot be planned. */
  async describe(text: string): Promise<readonly BackingColumn[]> {
    return (await this.#described(text)).columns;
  }

  /** PostgreSQL's numbers for the types that it infers for a statement's parameters. */
  async describeParameters(text: string): Promise<readonly number[]> {
    return (await this.#described(text)).parameterTypes;
  }

  /** Begins a transaction; `mode` is PostgreSQL's (`"ISOLATION LEVEL SERIALIZABLE"`). */
  async begin(mode = ""): Promise<void> {
    await this.run(`BEGIN ${mode}`);
  }

  /** Commits. Rejects when PostgreSQL rolls back instead. Not interrupted once it has started. */
  async commit(): Promise<void> {
    if (this.#interruption.interrupted) throw new InterruptedError();
    const { command } = await this.#client.query("COMMIT").finally(() => this.#ready());
    if (command !== "COMMIT") throw new Error(`PostgreSQL answered COMMIT with ${command}`);
  }

  /** Rolls back. Never interrupted. */
  rollback(): Promise<void> {
    return this.undo("ROLLBACK");
  }

  /** Runs what cleans up after a failure, in one round trip. Never interrupted. */
  async undo(text: string): Promise<void> {
    await this.#interruption.protected(() => this.#script(text));
  }

  /**
   * Runs work that fails as one statement does: inside a transaction an error undoes this work only, outside one the work is a
   * transaction of its own, begun with `mode`.
   */
  async statement<Result>(work: () => Promise<Result>, mode = ""): Promise<Result> {
    const outermost = this.status === "idle";
    if (outermost) await this.begin(mode);
    else await this.run("SAVEPOINT wire_statement");
    try {
      const result = await work();
      if (outermost) await this.commit();
      else await this.run("RELEASE SAVEPOINT wire_statement");
      return result;
    } catch (error) {
      const undo = outermost ? "ROLLBACK" : "ROLLBACK TO SAVEPOINT wire_statement; RELEASE SAVEPOINT wire_statement";
      const open = this.#lost === undefined && this.status !== "idle";
      if (open) await this.undo(undo);
      throw error;
    }
  }

  /**
   * Stops what runs on the session, and keeps everything but cleaning up from starting until `resume`. What was running fails with
   * 57014, what would start with `InterruptedError`. Resolves once nothing later can be hit.
   */
  interrupt(): Promise<void> {
    return this.#interruption.interrupt();
  }

  /** Takes statements again after `interrupt`. */
  resume(): void {
    this.#interruption.resume();
  }

  /**
   * Stops the statement that runs now, if any; it then fails with 57014. Resolves once this can no longer hit a later one. One that
   * is about to start is not stopped: `interrupt` is for that.
   */
  async cancel(): Promise<void> {
    const { processID, secretKey } = this.#client as unknown as ClientFacts;
    const request = Buffer.alloc(16);
    request.writeInt32BE(16, 0);
    request.writeInt32BE(80877102, 4);
    request.writeInt32BE(processID, 8);
    request.writeInt32BE(secretKey, 12);
    // The server closes this connection after it has sent the signal.
    const socket = connect(Number(this.#url.port || 5432), this.#url.hostname);
    socket.on("connect", () => socket.end(request));
    socket.on("error", () => {});
    socket.resume();
    await once(socket, "close");
  }

  /** Ends the session; what runs is cut off. */
  async close(): Promise<void> {
    this.onLost = null;
    // A backend that is busy would notice only later that nobody listens, and keep its locks until then.
    if (this.#lost === undefined) await this.interrupt();
    await this.#client.end().catch(() => {});
  }

  #described(text: string) {
    return this.#interruption.exchange(async () => {
      const description = new BackingDescription(text);
      this.#client.query(description);
      try {
        return { columns: await description.columns, parameterTypes: description.parameterTypes };
      } finally {
        await this.#ready();
      }
    });
  }

  async #script(text: string): Promise<void> {
    try {
      await this.#client.query(text);
    } finally {
      await this.#ready();
    }
  }

  async #ready(): Promise<void> {
    const client = this.#client as unknown as ClientFacts;
    if (client.readyForQuery || this.#lost !== undefined) return;
    await new Promise<void>((resolve) => {
      const finish = () => {
        client.connection.off("readyForQuery", finish);
        client.connection.off("end", finish);
        resolve();
      };
      client.connection.once("readyForQuery", finish);
      client.connection.once("end", finish);
    });
  }
}

/** What we use of pg's client beyond its published types. */
interface ClientFacts {
  readonly processID: number;
  readonly secretKey: number;
  readonly readyForQuery: boolean;
  readonly connection: NodeJS.EventEmitter;
  unref(): void;
}
