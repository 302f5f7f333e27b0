import {
  type Clock,
  ConfigurationError,
  type ConnectionTarget,
  type Connector,
  type OperationContext,
} from "@nsj/mdb-core";
import { MssqlConnection } from "./connection.ts";
import { ContextKeys } from "./context.ts";
import { Link } from "./link.ts";
import { loadTedious, type Tedious } from "./native.ts";
import { type NullTypes, newNullTypes } from "./null-types.ts";
import { openConnection } from "./open.ts";
import { pinnedParent } from "./pinned-parent.ts";
import { checkDriver } from "./self-check.ts";
import type { Settings } from "./settings.ts";
import { Statements } from "./statements.ts";
import { ParameterTypes } from "./values.ts";

/** Opens connections with one set of options. */
export class MssqlConnector implements Connector {
  readonly target: ConnectionTarget;
  readonly #settings: Settings;
  readonly #clock: Clock;
  readonly #tedious: Tedious;
  readonly #nullTypes: NullTypes = newNullTypes();

  constructor(settings: Settings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
    this.target = settings.target;
    this.#tedious = tedious();
  }

  async connect(context: OperationContext): Promise<MssqlConnection> {
    const ownDeadline = this.#clock.now() + this.#settings.connectionTimeout;
    await checkDriver(this.#tedious);
    const { native, pool, changes } = await openConnection(this.#settings, this.#clock, {
      ...context,
      deadline: Math.min(context.deadline, ownDeadline),
    });
    const link = new Link(native, this.#tedious, this.#clock);
    const types = new ParameterTypes(this.#tedious, native, this.#settings.stringType);
    const statements = new Statements(link, types, this.#nullTypes, changes);
    const keys = new ContextKeys(link);
    const raw = pinnedParent(native, pool, () => keys.put());
    return new MssqlConnection(link, types, statements, changes, keys, raw);
  }
}

function tedious(): Tedious {
  try {
    return loadTedious();
  } catch (cause) {
    const text =
      'mssql: the driver was not found; where the application is bundled, leave "mssql" and "tedious" out of the bundle';
    throw new ConfigurationError(text, { cause });
  }
}
