import { DriverFault, type ParameterHint, type ParameterValue, type Statement } from "@nsj/mdb-core";
import { executeCommand, initDbCommand, pingCommand, queryCommand, resetCommand } from "./commands.ts";
import { noteFacts, serverCode } from "./errors.ts";
import { refusal } from "./faults.ts";
import { PlainFlight } from "./flight.ts";
import type { Interruption } from "./interruption.ts";
import type { Link } from "./link.ts";
import type { OpenBranch } from "./open-branch.ts";
import type { PacketWriter } from "./packet-writer.ts";
import type { Prepared } from "./prepare-flight.ts";
import { type Answer, ResultFlight } from "./result-flight.ts";
import { SessionState } from "./session-state.ts";
import type { Settings } from "./settings.ts";
import { PreparedStatements } from "./statements.ts";
import { deedOf } from "./traces.ts";

/** ER_UNKNOWN_STMT_HANDLER: the server has forgotten it, and so has run nothing of it. */
const forgotten = 1243;
/** ER_NEED_REPREPARE: its tables have changed too often. A procedure may say it in its middle. */
const outdated = 1615;

/** ER_QUERY_INTERRUPTED */
const interrupted = 1317;

/** What runs a command that was made for a statement. */
type Runner = (command: PacketWriter, prepared: Prepared | undefined) => Promise<readonly Answer[]>;

/** The protocol's side of a connection: how a statement is sent, what is known of the session, and what stops it. */
export class Session {
  readonly link: Link;
  readonly settings: Settings;
  readonly state: SessionState;
  readonly interruption: Interruption;
  /** The transaction of XA that is open, or prepared, here. */
  branch: OpenBranch | undefined;
  /** The name of the lock that was taken for the last branch prepared here, as the server's statements take it. */
  branchLock: string | undefined;
  /** After how many seconds the server ends a session that stands idle in a transaction, where that was asked for. */
  idleLimit: number | undefined;
  readonly #statements: PreparedStatements;

  constructor(link: Link, settings: Settings, interruption: Interruption) {
    this.link = link;
    this.settings = settings;
    this.state = new SessionState(link);
    this.interruption = interruption;
    this.#statements = new PreparedStatements(link, settings.preparedStatements);
    // A prepared statement goes on in the database in which it was prepared.
    this.state.onSchema = () => this.#statements.closeAll();
  }

  /**
   * Runs one operation of core from its first to its last command. Whatever becomes of it, the connection knows its state behind it, and nothing that was to stop it
   * can hit what comes next.
   */
  async operate<T>(work: () => Promise<T>): Promise<T> {
    if (!this.link.alive) throw DriverFault.alreadyLost(this.link.death);
    this.link.operations++;
    this.interruption.begin();
    try {
      return await work();
    } finally {
      const settling = this.interruption.settled(() => this.flush());
      if (settling !== undefined) await settling;
      this.link.operations--;
    }
  }

  /** A statement of a caller. */
  query(statement: Statement): Promise<readonly Answer[]> {
    return this.ofCaller(statement.text, () => this.execute(statement));
  }

  /** Whatever runs a caller's text. */
  async ofCaller<T>(text: string, work: () => Promise<T>): Promise<T> {
    const before = this.state.begins(text);
    let hasFailed = true;
    try {
      const result = await work();
      hasFailed = false;
      return result;
    } catch (error) {
      await this.#learn(error, text);
      noteFacts(error, { isRowsOnly: deedOf(text).isRowsOnly });
      throw error;
    } finally {
      this.state.ends(text, before, hasFailed);
    }
  }

  /** Runs a statement: prepared where it has values, and where it gives rows, because the text protocol rounds a FLOAT to six digits. */
  execute({ text, values, hints }: Statement, run: Runner = this.#run): Promise<readonly Answer[]> {
    if (values.length === 0 && !deedOf(text).isRowsOnly && !/^\s*call\b/i.test(text)) {
      return this.#executeText(text, run);
    }
    return this.#executePrepared(text, values, hints, run, true);
  }

  async #executeText(text: string, run: Runner): Promise<readonly Answer[]> {
    this.interruption.check();
    return run(this.#checked(queryCommand(text)), undefined);
  }

  async #executePrepared(
    text: string,
    values: readonly ParameterValue[],
    hints: readonly (ParameterHint | undefined)[] | undefined,
    run: Runner,
    again: boolean,
  ): Promise<readonly Answer[]> {
    this.interruption.check();
    const prepared = this.#statements.kept(text) ?? (await this.#statements.of(text));
    if (prepared === undefined) {
      if (values.length > 0) throw refusal("parameter", "this kind of statement takes no parameters");
      return this.#executeText(text, run);
    }
    let isStale = false;
    try {
      // An order to stop that came while it was being prepared has stopped nothing.
      this.interruption.check();
      const command = executeCommand(prepared.id, prepared.parameters, values, hints, this.link.zone);
      return await run(this.#checked(command), prepared);
    } catch (error) {
      const code = serverCode(error);
      isStale = code === forgotten || code === outdated;
      const isRefused = code === forgotten || (code === outdated && deedOf(text).isRowsOnly);
      if (!isRefused || !again) throw error;
    } finally {
      if (isStale) this.#statements.forget(text, prepared);
      else this.#statements.keep(text, prepared);
    }
    // It was refused before anything of it ran.
    return this.#executePrepared(text, values, hints, run, false);
  }

  readonly #run: Runner = (command, prepared) =>
    this.link.send(new ResultFlight(this.link, command, this.reading(prepared)));

  /** How the answer of a statement is read. */
  reading(prepared: Prepared | undefined) {
    const { tinyint1IsBoolean } = this.settings;
    return { isBinary: prepared !== undefined, shapes: prepared?.shapes, tinyint1IsBoolean };
  }

  /** A text of our own, without values. */
  text(text: string): Promise<readonly Answer[]> {
    return this.link.send(
      new ResultFlight(this.link, queryCommand(text), { isBinary: false, tinyint1IsBoolean: false }),
    );
  }

  /** COM_PING. */
  ping(): Promise<void> {
    return this.link.send(new PlainFlight(this.link, pingCommand()));
  }

  /** COM_RESET_CONNECTION, which closes the prepared statements too. */
  async resetConnection(): Promise<void> {
    await this.link.send(new PlainFlight(this.link, resetCommand()));
    this.#statements.clear();
    this.idleLimit = undefined;
  }

  /** COM_INIT_DB. */
  useDatabase(name: string): Promise<void> {
    return this.link.send(new PlainFlight(this.link, initDbCommand(name)));
  }

  /** The server hangs up on a longer one, after the whole of it was sent. */
  #checked(command: PacketWriter): PacketWriter {
    if (command.length <= this.link.maxPacket) return command;
    const limit = `the ${this.link.maxPacket} that the server takes (max_allowed_packet)`;
    throw refusal("resource", `the statement with its values has ${command.length} bytes, which is more than ${limit}`);
  }

  /** An error of the server says nothing of the transaction, which it may have ended; the answer to a ping does. Nor does MySQL say whether it stopped the statement or the session. */
  async #learn(error: unknown, text: string): Promise<void> {
    const code = serverCode(error);
    if (code === undefined || !this.link.alive) return;
    const isOpen = this.state.isOpenAfter(text);
    if (isOpen) this.state.forget();
    if (isOpen || code === interrupted) await this.ping().catch(() => undefined);
    if (!this.link.alive) noteFacts(error, { alive: false });
  }

  /** An order to stop that came too late for its statement stops this one. @returns whether there is none left */
  async flush(): Promise<boolean> {
    if (this.link.isBusy) return false;
    for (let attempt = 0; attempt < 5 && this.link.alive; attempt++) {
      try {
        await this.text("do 0");
        return true;
      } catch (error) {
        if (serverCode(error) !== interrupted) return true;
      }
    }
    return true;
  }
}
