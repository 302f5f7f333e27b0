import {
  type Capabilities,
  type Clock,
  type ConnectionTarget,
  type Connector,
  type DialectFacts,
  DriverFault,
  type OperationContext,
  type ServerCapabilities,
  watchExpiry,
} from "@nsj/mdb-core";
import type { Bounds } from "./bounds.ts";
import { BranchingConnection } from "./branching-connection.ts";
import { MysqlConnection } from "./connection.ts";
import { noteFacts } from "./errors.ts";
import { Interruption } from "./interruption.ts";
import { killQuery } from "./kill.ts";
import { logIn } from "./login.ts";
import { serverCapabilities } from "./server-capabilities.ts";
import type { ServerFacts } from "./server-facts.ts";
import { Session } from "./session.ts";
import { addressOf, capabilitiesFor, dialectFor, type Settings } from "./settings.ts";
import { setUp } from "./setup.ts";

/** Opens connections with one set of options. */
export class MysqlConnector implements Connector {
  readonly target: ConnectionTarget;
  readonly capabilities: Partial<Capabilities>;
  readonly dialect: Partial<DialectFacts>;
  readonly #settings: Settings;
  readonly #clock: Clock;
  readonly #facts: ServerFacts = { hasSnapshotIsolation: undefined };

  constructor(settings: Settings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
    const { endpoint, database, user } = settings;
    this.target = Object.freeze({
      address: addressOf(endpoint),
      ...(database !== undefined && { database }),
      ...(user !== undefined && { user }),
    });
    this.capabilities = capabilitiesFor(settings);
    this.dialect = dialectFor(settings);
  }

  async connect(operation: OperationContext): Promise<MysqlConnection> {
    const context: Bounds = { ...operation, clock: this.#clock };
    try {
      const session = await this.#open(context);
      const Connection = this.capabilities.branches === "from-begin" ? BranchingConnection : MysqlConnection;
      return new Connection(session, this.#facts, this.capabilities, this.#said(session));
    } catch (error) {
      noteFacts(error, { connecting: true });
      throw error;
    }
  }

  /** What the server lacks of what the options have left. */
  #said({ link, settings }: Session): ServerCapabilities | undefined {
    return serverCapabilities(settings.flavor, link.version, this.#facts, this.capabilities);
  }

  async #open(context: Bounds): Promise<Session> {
    const link = await logIn(this.#settings, context);
    const victim = { threadId: link.threadId ?? 0, server: link.peer };
    const kill = (bounds: OperationContext): Promise<void> =>
      killQuery(this.#settings, victim, { ...bounds, clock: this.#clock });
    const session = new Session(
      link,
      this.#settings,
      new Interruption({ clock: this.#clock, answer: () => link.answer(), kill }),
    );
    let why: Error | undefined;
    const stop = watchExpiry(context.clock, context, (expiry) => {
      why = expiry === "deadline" ? DriverFault.connectTimeout() : DriverFault.connectAborted(context.signal?.reason);
      link.destroy(why);
    });
    try {
      await setUp(session, this.#facts);
      return session;
    } catch (error) {
      link.destroy(error);
      throw why ?? error;
    } finally {
      stop();
    }
  }
}
