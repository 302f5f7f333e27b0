import { DriverFault, type OperationContext } from "@nsj/mdb-core";
import { requestCancel } from "./cancel.ts";
import { typeLookUp, typesFrom } from "./catalogue.ts";
import { isStalePlan } from "./errors.ts";
import { refusal } from "./faults.ts";
import { type Ahead, type Flight, nothingAhead, type Prelude } from "./flight.ts";
import type { Link } from "./link.ts";
import type { LoggedIn } from "./login.ts";
import type { NativeError } from "./native.ts";
import { ScriptFlight, type ScriptOutcome } from "./script-flight.ts";
import { type ColumnsCache, Shapes } from "./shapes.ts";
import { type Encoded, StatementFlight } from "./statement-flight.ts";
import { PreparedStatements, type SchemaEpoch, type Usage } from "./statements.ts";

/** What a session is made with. */
export interface SessionParts {
  readonly loggedIn: LoggedIn;
  readonly columns: ColumnsCache;
  readonly epoch: SchemaEpoch;
  readonly prepared: { readonly max: number; readonly threshold: number } | undefined;
  /** What was set after the login, and is set again whenever the server forgets it; empty for nothing. */
  readonly setup: string;
  /** Travels with each transaction and each statement outside one, where the session must keep nothing. */
  readonly localSetup: Prelude | undefined;
}

/** What the status byte of ReadyForQuery means. */
const statuses = { I: "idle", T: "active", E: "failed" } as const;

const unprepared: Usage = Object.freeze({ name: "", parse: true, shape: undefined });

/**
 * The protocol's side of a connection: which statement is prepared under which name, what has to travel ahead of the next one, and
 * where the transaction stands.
 */
export class Session {
  readonly link: Link;
  readonly shapes: Shapes;
  readonly #loggedIn: LoggedIn;
  readonly #epoch: SchemaEpoch;
  readonly #prepared: PreparedStatements | undefined;
  readonly #setup: string;
  readonly #localSetup: Prelude | undefined;
  /** A BEGIN that waits for the first statement. */
  #held: Prelude | undefined;
  /** A BEGIN that is on its way. Rejects when the server did not begin. */
  #opening: Promise<void> | undefined;
  /** The open transaction has changed the schema. */
  #schemaChanged = false;

  constructor({ loggedIn, columns, epoch, prepared, setup, localSetup }: SessionParts) {
    this.link = loggedIn.link;
    this.shapes = new Shapes(columns);
    this.#loggedIn = loggedIn;
    this.#epoch = epoch;
    this.#prepared = prepared && new PreparedStatements(prepared, epoch);
    this.#setup = setup;
    this.#localSetup = localSetup;
  }

  get txStatus(): "idle" | "active" | "failed" | "unknown" {
    if (!this.link.alive) return "unknown";
    if (this.#held !== undefined || this.#opening !== undefined) return "active";
    return statuses[this.link.client.getTransactionStatus() ?? "I"];
  }

  /** Holds a BEGIN back until the first statement. */
  hold(text: string): void {
    if (!this.link.alive) throw DriverFault.alreadyLost(this.link.death);
    if (this.txStatus !== "idle") throw refusal("other", "a transaction is open on this connection already");
    this.#held = { text, values: [] };
  }

  /** Forgets a BEGIN that was not sent. Says whether there was one. */
  unhold(): boolean {
    const wasHeld = this.#held !== undefined;
    this.#held = undefined;
    return wasHeld;
  }

  /** Runs a statement by the extended protocol. */
  statement(statement: Encoded, name = true): StatementFlight["result"] {
    return this.send((ahead) => {
      const usage = name ? (this.#prepared?.use(statement.key) ?? unprepared) : unprepared;
      return new StatementFlight(this, this.#withClosing(ahead), statement, usage);
    });
  }

  /** Runs a text of any number of statements, without parameters. */
  async script(text: string): Promise<ScriptOutcome> {
    if (this.#held !== undefined) await this.openNow();
    if (this.#localSetup === undefined || this.txStatus !== "idle") return this.command(text);
    // Several statements at once are one transaction in any case; an open one keeps the setting that has to go ahead of them.
    this.hold("BEGIN");
    await this.openNow();
    try {
      const outcome = await this.command(text);
      await this.command("COMMIT");
      return outcome;
    } catch (error) {
      if (this.link.alive && this.txStatus !== "idle") await this.command("ROLLBACK");
      throw error;
    }
  }

  /** Sends a text by itself, with nothing ahead of it. */
  command(text: string): Promise<ScriptOutcome> {
    return this.send(() => new ScriptFlight(this, text), false);
  }

  /** Sends the BEGIN that is held back by itself. */
  async openNow(): Promise<void> {
    await this.statement({ text: "", values: [], types: undefined, key: "" }, false);
  }

  /** Sends a flight whose answers span several writes, alone on the connection until it is over. */
  async sendAlone<F extends Flight<unknown>>(make: (ahead: Ahead) => F): Promise<F> {
    if (this.#opening !== undefined) await this.#opening;
    return new Promise((resolve, reject) => {
      this.send((ahead) => {
        const flight = make(ahead);
        this.link.reserve(flight);
        resolve(flight);
        return flight;
      }).catch(reject);
    });
  }

  /** Sends what `make` makes, with a BEGIN that is held back ahead of it; behind a BEGIN on its way, once that has succeeded. */
  send<T>(make: (ahead: Ahead) => Flight<T>, extended = true): Promise<T> {
    if (this.#opening !== undefined) return this.#opening.then(() => this.send(make, extended));
    const held = extended ? this.#held : undefined;
    const flight = make(extended ? this.#ahead(held) : nothingAhead);
    if (held !== undefined) this.#open(flight);
    this.link.send(flight);
    return flight.result;
  }

  #ahead(begin: Prelude | undefined): Ahead {
    const local = this.#localSetup;
    if (begin !== undefined)
      return { closing: [], preludes: local === undefined ? [begin] : [begin, local], beginAt: 0 };
    if (local === undefined || this.txStatus !== "idle") return nothingAhead;
    return { closing: [], preludes: [local], beginAt: -1 };
  }

  #withClosing(ahead: Ahead): Ahead {
    const closing = this.#prepared?.takeClosing();
    return closing === undefined || closing.length === 0 ? ahead : { ...ahead, closing };
  }

  #open(flight: Flight<unknown>): void {
    this.#held = undefined;
    this.#schemaChanged = false;
    const over = (): void => {
      this.#opening = undefined;
      // Behind a BEGIN that failed, nothing may run: it would run outside any transaction.
      if (!flight.hasBegun) throw notBegun();
    };
    this.#opening = flight.result.then(over, over);
    this.#opening.catch(() => undefined);
  }

  /** Takes note of a statement that was prepared under its name and has run. */
  parsed(key: string, usage: Usage, shape: StatementShape): void {
    this.#prepared?.parsed(key, usage, shape);
  }

  /**
   * A statement under a name has failed. Where its plan was stale and nothing else has run in its transaction, says how to send it
   * once more.
   */
  recover(
    flight: Flight<unknown>,
    key: string,
    usage: Usage,
    error: unknown,
  ): { readonly ahead: Ahead; readonly usage: Usage } | undefined {
    if (usage.parse || isStalePlan(error)) this.#prepared?.forget(key, usage);
    if (!isStalePlan(error) || usage.parse) return undefined;
    // A server that has forgotten one name has forgotten all of them; a schema that has changed concerns the sibling connections too.
    if ((error as NativeError).code === "26000") this.#prepared?.forgetAll(true);
    else this.#epoch.value++;
    // What was sent behind it must not overtake it.
    if (this.link.inFlight > 1) return undefined;
    const status = this.link.client.getTransactionStatus();
    if (status === "I") return { ahead: this.#withClosing(this.#ahead(undefined)), usage: unprepared };
    if (!flight.hasBegun) return undefined;
    // BEGIN went with it, so the transaction holds nothing yet and can be begun again.
    const { preludes } = flight.sentAhead;
    const rollback: Prelude = { text: "ROLLBACK", values: [] };
    return { ahead: { closing: [], preludes: [rollback, ...preludes], beginAt: 1 }, usage: unprepared };
  }

  /** Does what a statement's command tag makes necessary. `undefined` for nothing, or nothing to wait for. */
  after(tag: string): Promise<unknown> | undefined {
    if (tag === "DISCARD ALL" || tag === "DEALLOCATE ALL") this.#prepared?.forgetAll(false);
    if (tag.startsWith("ALTER ") || tag === "DROP TABLE" || tag === "CREATE VIEW") {
      this.#epoch.value++;
      this.#schemaChanged = this.txStatus !== "idle";
    } else if (tag === "COMMIT" && this.#schemaChanged) {
      this.#schemaChanged = false;
      this.#epoch.value++;
    }
    if ((tag === "DISCARD ALL" || tag === "RESET") && this.#setup !== "") {
      return this.command(this.#setup);
    }
    return undefined;
  }

  /** Asks the server what these types are. */
  async learnTypes(oids: readonly number[]): Promise<void> {
    const { rows } = await this.statement({ ...typeLookUp(oids), types: undefined, key: "" }, false);
    this.shapes.learn(oids, typesFrom(rows));
  }

  /** Stops what runs now, and resolves when that can hit nothing new. */
  cancel(context: OperationContext): Promise<void> {
    return this.link.cancel((bounds) => requestCancel(this.#loggedIn, bounds), context);
  }

  /** What puts the session back to what it was after the login. */
  get resetScript(): string {
    return [
      ...(this.txStatus === "idle" ? [] : ["ROLLBACK"]),
      "SET SESSION AUTHORIZATION DEFAULT",
      "RESET ALL",
      "CLOSE ALL",
      "UNLISTEN *",
      "SELECT pg_catalog.pg_advisory_unlock_all()",
      "DISCARD SEQUENCES",
      "DISCARD TEMP",
      // DEALLOCATE ALL would take the driver's own too.
      `DO $$ DECLARE own text; BEGIN FOR own IN SELECT name FROM pg_catalog.pg_prepared_statements WHERE from_sql LOOP
        EXECUTE pg_catalog.format('DEALLOCATE %I', own); END LOOP; END $$`,
    ].join("; ");
  }
}

type StatementShape = Parameters<PreparedStatements["parsed"]>[2];

function notBegun(): DriverFault {
  return new DriverFault("the transaction could not be begun, so the statement was not sent", {
    kind: "transaction-aborted",
  });
}
