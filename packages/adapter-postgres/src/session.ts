import {
  type BeginOptions,
  type DriverConnection,
  DriverFault,
  type OperationContext,
  type SessionContext,
} from "@nsj/mdb-core";
import { requestCancel } from "./cancel.ts";
import { typeLookUp, typesFrom } from "./catalogue.ts";
import { localPreludes } from "./context.ts";
import type { Encoded } from "./encoded.ts";
import { explainRefusal, isStalePlan, mayBeStaleType, noteAgain } from "./errors.ts";
import { notBegun, refusal } from "./faults.ts";
import { type Ahead, type Flight, nothingAhead, type Prelude } from "./flight.ts";
import type { FlightSession } from "./flight-session.ts";
import type { Link } from "./link.ts";
import type { LoggedIn } from "./login.ts";
import type { NativeError } from "./native.ts";
import { OwnStatements, type OwnUsage, ownUnnamed } from "./own-statements.ts";
import { formChecks } from "./parameter-forms.ts";
import { ScriptFlight, type ScriptOutcome } from "./script-flight.ts";
import type { ServerFit } from "./server-fit.ts";
import { SessionChanges } from "./session-changes.ts";
import type { SessionParts } from "./session-parts.ts";
import { type Shape, Shapes } from "./shapes.ts";
import { spanningSettings } from "./spanning-settings.ts";
import { StatementFlight } from "./statement-flight.ts";
import { PreparedStatements, type SchemaEpoch, type Usage } from "./statements.ts";
import { TransactionTrace } from "./transaction-trace.ts";

/** What the status byte of ReadyForQuery means. */
const statuses = { I: "idle", T: "active", E: "failed" } as const;

const unprepared: Usage = Object.freeze({ name: "", parse: true, shape: undefined });

/**
 * The protocol's side of a connection: which statement is prepared under which name, what has to travel ahead of the next one, and
 * where the transaction stands.
 */
export class Session implements FlightSession {
  readonly link: Link;
  readonly shapes: Shapes;
  /** What callers have done to it. */
  readonly changes: SessionChanges;
  /** Absent where any server does. */
  readonly fit: ServerFit | undefined;
  readonly trace: TransactionTrace;
  readonly #loggedIn: LoggedIn;
  readonly #epoch: SchemaEpoch;
  readonly #prepared: PreparedStatements | undefined;
  readonly #own: OwnStatements | undefined;
  /** Sets what has to be set after a login; empty for nothing. */
  readonly setup: string;
  readonly #localSetup: Prelude | undefined;
  #context: SessionContext | undefined;
  /** What travels with each statement outside a transaction and with each BEGIN. */
  #local: readonly Prelude[];
  /** A BEGIN that waits for the first statement. */
  #held: readonly Prelude[] | undefined;
  /** A BEGIN that is on its way. Rejects when the server did not begin. */
  #opening: Promise<void> | undefined;
  /** The open transaction has changed the schema. */
  #schemaChanged = false;

  constructor({ loggedIn, columns, epoch, prepared, setup, localSetup, fit }: SessionParts) {
    this.link = loggedIn.link;
    this.changes = new SessionChanges(this.link);
    this.fit = fit;
    this.trace = new TransactionTrace(this.link);
    this.link.onError = (error) => {
      explainRefusal(error);
      if ((error as NativeError).code === "26000") this.#own?.forget();
      // A transaction that was asked to be read-only is no news of the server.
      if (this.link.client.getTransactionStatus() === "I" || !this.changes.readOnlyAsked) fit?.refused(error);
    };
    this.shapes = new Shapes(columns);
    this.#loggedIn = loggedIn;
    this.#epoch = epoch;
    this.#prepared = prepared && new PreparedStatements(prepared, epoch);
    this.#own = prepared && new OwnStatements();
    this.setup = setup;
    this.#localSetup = localSetup;
    this.#local = localPreludes(localSetup, undefined);
  }

  get txStatus(): DriverConnection["txStatus"] {
    if (!this.link.alive) return "unknown";
    if (this.#held !== undefined || this.#opening !== undefined) return "active";
    return statuses[this.link.client.getTransactionStatus() ?? "I"];
  }

  /** For whom it works from now on. */
  set context(context: SessionContext | undefined) {
    if (context === this.#context) return;
    this.#context = context;
    this.#local = localPreludes(this.#localSetup, context);
  }

  /** The role in which its transactions run, where that is not the login's. */
  get role(): string | undefined {
    return this.#context?.role;
  }

  /** Holds a BEGIN back until the first statement. */
  hold(text: string, options: BeginOptions = {}): void {
    const { traceable = false } = options;
    if (!this.link.alive) throw DriverFault.alreadyLost(this.link.death);
    if (this.txStatus !== "idle") throw refusal("other", "a transaction is open on this connection already");
    this.changes.begins(options);
    if (traceable || this.trace.isTraced) this.trace.begin(traceable);
    const settings = spanningSettings(this.link.parameters.get("server_version"), options);
    const begin = { text, values: [] };
    this.#held = settings === undefined ? [begin] : [begin, { ...settings, own: this.own(settings.text) }];
  }

  /** Forgets a BEGIN that was not sent. Says whether there was one. */
  unhold(): boolean {
    const wasHeld = this.#held !== undefined;
    this.#held = undefined;
    return wasHeld;
  }

  /** How to send a text of our own that comes again and again. */
  own(text: string): OwnUsage {
    return this.#own?.use(text) ?? ownUnnamed;
  }

  /** Runs a statement by the extended protocol. */
  statement(statement: Encoded, name = true): StatementFlight["result"] {
    if (this.#opening !== undefined) return this.#opening.then(() => this.statement(statement, name));
    const usage = name ? (this.#prepared?.use(statement.key, statement.values) ?? unprepared) : unprepared;
    this.changes.sent(statement.text, usage.leavesTraces);
    if (this.trace.isTraced) this.trace.sends(statement.text);
    return this.#launch(new StatementFlight(this, this.#ahead(this.#held), statement, usage));
  }

  /** Runs a text of any number of statements, without parameters. */
  async script(text: string): Promise<ScriptOutcome> {
    if (this.#held !== undefined) await this.openNow();
    if (this.#local.length === 0 || this.txStatus !== "idle") return this.#callersScript(text);
    // Several statements at once are one transaction in any case; an open one keeps the setting that has to go ahead of them.
    this.hold("BEGIN");
    await this.openNow();
    try {
      const outcome = await this.#callersScript(text);
      await this.command("COMMIT");
      return outcome;
    } catch (error) {
      if (this.link.alive && this.txStatus !== "idle") await this.command("ROLLBACK");
      throw error;
    }
  }

  #callersScript(text: string): Promise<ScriptOutcome> {
    this.changes.sent(text);
    if (this.trace.isTraced) this.trace.sends(text);
    this.trace.skipped();
    return this.command(text, (tag) => this.changes.completed(tag, text));
  }

  /** Sends a text by itself, with nothing ahead of it. @param onCompleted - told of each of its statements; absent for a text of our own */
  command(text: string, onCompleted?: (tag: string) => void): Promise<ScriptOutcome> {
    if (this.#opening !== undefined) return this.#opening.then(() => this.command(text, onCompleted));
    return this.#launch(new ScriptFlight(this, text, onCompleted));
  }

  /** Sends the BEGIN that is held back by itself. */
  async openNow(): Promise<void> {
    await this.statement({ text: "", values: [], types: undefined, key: "" }, false);
  }

  /** Sends a flight whose answers span several writes, alone on the connection until it is over. */
  async sendAlone<F extends Flight<unknown>>(make: (ahead: Ahead) => F): Promise<F> {
    this.trace.skipped();
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
  send<T>(make: (ahead: Ahead) => Flight<T>): Promise<T> {
    if (this.#opening !== undefined) return this.#opening.then(() => this.send(make));
    return this.#launch(make(this.#ahead(this.#held)));
  }

  #launch<T>(flight: Flight<T>): Promise<T> {
    if (flight.ahead.beginAt >= 0) this.#open(flight);
    this.link.send(flight);
    return flight.result;
  }

  #ahead(begin: readonly Prelude[] | undefined): Ahead {
    const local = this.#local;
    const closing = this.#prepared?.takeClosing() ?? nothingAhead.closing;
    if (begin !== undefined) {
      if (this.trace.isTraced) this.trace.ahead();
      return { closing, preludes: [...begin, ...local], beginAt: 0 };
    }
    if (local.length > 0 && this.txStatus === "idle") return { closing, preludes: local, beginAt: -1 };
    return closing.length === 0 ? nothingAhead : { ...nothingAhead, closing };
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
  parsed({ key, text, types }: Encoded, usage: Usage, shape: Shape, parameterOids: readonly number[]): void {
    this.#prepared?.parsed(key, { ...usage, parse: false, shape, forms: formChecks(text, parameterOids, types) });
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
    failedUnbound: boolean,
  ): { readonly ahead: Ahead; readonly usage: Usage } | undefined {
    const isStale = isStalePlan(error) || (failedUnbound && mayBeStaleType(error));
    if (usage.parse || isStale) this.#prepared?.forget(key, usage);
    const { code = "" } = error as NativeError;
    // A name that is not known may be one of our own, ahead of it or behind.
    if (!isStale || (usage.parse && code !== "26000")) return undefined;
    noteAgain(error, "no");
    // A server that has forgotten one name has forgotten all of them; a schema that has changed concerns the sibling connections too. A value that
    // does not fit (class 22) is most often just that.
    if (code === "26000") this.#forgetNames(true);
    else if (!code.startsWith("22")) this.#epoch.value++;
    // What was sent behind it must not overtake it.
    if (this.link.inFlight > 1) return undefined;
    const status = this.link.client.getTransactionStatus();
    if (status === "I") return { ahead: this.#ahead(undefined), usage: unprepared };
    if (!flight.hasBegun) return undefined;
    // BEGIN went with it, so the transaction holds nothing yet and can be begun again.
    const { preludes } = flight.ahead;
    const again = preludes.map(({ text, values }): Prelude => ({ text, values }));
    const rollback: Prelude = { text: "ROLLBACK", values: [] };
    return { ahead: { closing: [], preludes: [rollback, ...again], beginAt: 1 }, usage: unprepared };
  }

  /**
   * Does what a statement's command tag makes necessary. `undefined` for nothing, or nothing to wait for.
   * @param isOwn - the text was ours, and sets what has to be set by itself
   */
  after(tag: string, isOwn = false): Promise<unknown> | undefined {
    if (tag === "DISCARD ALL" || tag === "DEALLOCATE ALL") this.#forgetNames(false);
    if (tag.startsWith("ALTER ") || tag === "DROP TABLE" || tag === "CREATE VIEW") {
      this.#epoch.value++;
      this.#schemaChanged = this.txStatus !== "idle";
    } else if (tag === "COMMIT" && this.#schemaChanged) {
      this.#schemaChanged = false;
      this.#epoch.value++;
    }
    if (!isOwn && (tag === "DISCARD ALL" || tag === "RESET") && this.setup !== "") {
      return this.command(this.setup);
    }
    return undefined;
  }

  #forgetNames(close: boolean): void {
    this.#prepared?.forgetAll(close);
    this.#own?.forget();
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
}
