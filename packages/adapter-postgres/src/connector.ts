import {
  type Capabilities,
  type Clock,
  type ConnectionTarget,
  type Connector,
  DriverFault,
  type OperationContext,
  watchExpiry,
} from "@nsj/mdb-core";
import type { Bounds } from "./bounds.ts";
import { BranchRoom } from "./branches.ts";
import { PostgresConnection } from "./connection.ts";
import { noteFacts } from "./errors.ts";
import type { Prelude } from "./flight.ts";
import { connectToAny } from "./hosts.ts";
import type { Link } from "./link.ts";
import { RawFlight } from "./raw-flight.ts";
import { Routines } from "./routines.ts";
import { searchPathValue } from "./search-path.ts";
import { ServerFit } from "./server-fit.ts";
import { Session } from "./session.ts";
import { addressesOf, type Settings } from "./settings.ts";
import { ColumnsCache } from "./shapes.ts";
import { SchemaEpoch } from "./statements.ts";

/** Opens connections with one set of options. */
export class PostgresConnector implements Connector {
  readonly target: ConnectionTarget;
  readonly capabilities: Partial<Capabilities>;
  readonly #settings: Settings;
  readonly #columns = new ColumnsCache();
  readonly #epoch = new SchemaEpoch();
  readonly #room = new BranchRoom();

  readonly #clock: Clock;

  constructor(settings: Settings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
    const { database, user } = settings;
    this.target = Object.freeze({ address: addressesOf(settings), database, user });
    this.capabilities = settings.prepared === undefined ? { prepared: false } : {};
  }

  async connect(operation: OperationContext): Promise<PostgresConnection> {
    const context: Bounds = { ...operation, clock: this.#clock };
    try {
      const { prepared, searchPath } = this.#settings;
      const loggedIn = await connectToAny(this.#settings, context);
      const setup = setupFor(loggedIn.link, prepared === undefined ? undefined : searchPath);
      if (setup !== "") await runSetup(loggedIn.link, setup, context);
      const session = new Session({
        loggedIn,
        columns: this.#columns,
        epoch: this.#epoch,
        prepared,
        setup,
        fit: ServerFit.for(loggedIn.link, this.#settings.targetSessionAttrs),
        localSetup: prepared === undefined ? localSetupFor(searchPath) : undefined,
      });
      return new PostgresConnection(session, new Routines(), this.#room);
    } catch (error) {
      noteFacts(error, { connecting: true });
      throw error;
    }
  }
}

/** What has to be set once per connection; empty where the server's own settings do. */
function setupFor({ parameters }: Link, searchPath: readonly string[] | undefined): string {
  const commands: string[] = [];
  if (searchPath !== undefined) commands.push(`SET search_path TO ${searchPathValue(searchPath)}`);
  // Dates in any other style could not be told apart (day and month), so a role's or a database's own choice gives way.
  if (parameters.get("DateStyle")?.startsWith("ISO") === false) commands.push("SET DateStyle TO ISO");
  // From 12 on, floating-point numbers come with as many digits as they need by default.
  if (Number.parseInt(parameters.get("server_version") ?? "12", 10) < 12) commands.push("SET extra_float_digits TO 3");
  return commands.join("; ");
}

/** The same for a pooler in transaction mode: nothing may stay on the session, so it goes with each transaction. */
function localSetupFor(searchPath: readonly string[] | undefined): Prelude | undefined {
  if (searchPath === undefined) return undefined;
  // Not SET LOCAL: outside a transaction block, that makes the server log a warning for each statement.
  const text = "select pg_catalog.set_config('search_path', $1, true)";
  return { text, values: [searchPathValue(searchPath)] };
}

async function runSetup(link: Link, setup: string, context: Bounds): Promise<void> {
  let why: Error | undefined;
  const stop = watchExpiry(context.clock, context, (expiry) => {
    why = expiry === "deadline" ? DriverFault.connectTimeout() : DriverFault.connectAborted(context.signal?.reason);
    link.destroy(why);
  });
  try {
    const flight = new RawFlight(link, setup);
    link.send(flight);
    await flight.result;
  } catch (error) {
    link.destroy(error);
    throw why ?? error;
  } finally {
    stop();
  }
}
