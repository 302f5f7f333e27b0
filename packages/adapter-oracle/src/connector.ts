import {
  type Clock,
  type ConnectionTarget,
  type Connector,
  type DriverConnection,
  DriverFault,
  type OperationContext,
  watchExpiry,
} from "@nsj/mdb-core";
import { OracleConnection } from "./connection.ts";
import { processIsInUtc, readDatesAsText } from "./datetimes.ts";
import { noteFacts } from "./errors.ts";
import { executeOptions, Link } from "./link.ts";
import { type NativeConnection, native, nativeType } from "./native.ts";
import type { OracleSettings } from "./options.ts";
import { KeptTables } from "./session-changes.ts";
import { resetBlock, sessionFacts, setUpBlock } from "./session-settings.ts";
import { ConnectAttempt } from "./sockets.ts";
import { Places, targetOf } from "./target.ts";

/** Bytes of a schema's name, and of what an application says of itself, at most. */
const longestName = 128;

/** Opens connections to one Oracle database. */
export class OracleConnector implements Connector {
  readonly target: ConnectionTarget;
  readonly #settings: OracleSettings;
  readonly #clock: Clock;
  readonly #keptTables = new KeptTables();
  readonly #places: Places;
  readonly #setUp: string;

  constructor(settings: OracleSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
    this.target = targetOf(settings.connectString, settings.user);
    const { schema } = settings;
    this.#places = new Places(schema === undefined ? this.target : { ...this.target, schema });
    this.#setUp = setUpBlock(settings.schema);
  }

  async connect(context: OperationContext): Promise<DriverConnection> {
    const attempt = new ConnectAttempt();
    let giveUp: (error: DriverFault) => void = () => undefined;
    const givenUp = new Promise<never>((_, reject) => {
      giveUp = reject;
    });
    const end = watchExpiry(this.#clock, context, (why) => {
      const error =
        why === "deadline" ? DriverFault.connectTimeout() : DriverFault.connectAborted(context.signal?.reason);
      attempt.abandon(error);
      giveUp(error);
    });
    const login = this.#login(attempt);
    try {
      return await Promise.race([login, givenUp]);
    } catch (error) {
      attempt.abandon(DriverFault.lost("connecting failed"));
      // A login that comes through after all belongs to nobody.
      login.then(
        (connection) => connection.destroy(),
        () => undefined,
      );
      noteFacts(error, { connecting: true });
      throw error;
    } finally {
      end();
    }
  }

  async #login(attempt: ConnectAttempt): Promise<OracleConnection> {
    const password = await this.#settings.password();
    const connection = await attempt.run(() => native.getConnection(this.#nativeOptions(password)));
    const link = new Link(connection, attempt.socket, this.#clock);
    try {
      checkDriver(connection);
      const text = { dir: native.BIND_OUT, type: nativeType("VARCHAR"), maxSize: longestName };
      const facts = await connection.execute(
        this.#setUp,
        sessionFacts.map(() => text),
        executeOptions(false, { prefetch: 2, fetch: 1 }),
      );
      const own = (facts.outBinds ?? []).map((fact) => (typeof fact === "string" ? fact : null));
      link.context.own = { schema: own[0] ?? "", clientId: own.at(-1) ?? "" };
      return new OracleConnection(link, {
        fetchArraySize: this.#settings.fetchArraySize,
        resetBlock: resetBlock(own),
        keptTables: this.#keptTables,
        target: this.#places.found(connection.dbUniqueName, connection.pdbName),
      });
    } catch (error) {
      link.destroy();
      throw error;
    }
  }

  #nativeOptions(password: string | undefined): Readonly<Record<string, unknown>> {
    const options: Record<string, unknown> = {};
    for (const key of Object.getOwnPropertyNames(this.#settings.native)) options[key] = this.#settings.native[key];
    if (password !== undefined) options["password"] = password;
    return options;
  }
}

/** Makes sure that dates come back exactly, which depends on how the driver works inside. */
function checkDriver(connection: NativeConnection): void {
  const words = connection.thin
    ? `this version of oracledb (${native.versionString}) reads dates in a way that this adapter does not know, and the process is not in UTC; run it with TZ=UTC`
    : "oracledb is in thick mode, in which dates cannot be read exactly; do not call initOracleClient()";
  const exact = connection.thin && (readDatesAsText(connection) || processIsInUtc());
  if (!exact) throw new DriverFault(words, { kind: "unsupported", connection: "dead" });
}
