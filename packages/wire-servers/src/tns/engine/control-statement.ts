import type { EngineStatement, Outcome } from "./engine.ts";
import type { OracleSession } from "./oracle-session.ts";
import { quoted } from "./sql/names.ts";
import type { ControlAction } from "./statement-info.ts";
import { dropSource, storeSource } from "./stored-source.ts";

/** A statement about the transaction or the session. */
export class ControlStatement implements EngineStatement {
  readonly kind = "control";
  readonly returnBinds: ReadonlySet<number> = new Set();
  readonly #session: OracleSession;
  readonly #action: ControlAction;

  constructor(session: OracleSession, action: ControlAction) {
    this.#session = session;
    this.#action = action;
  }

  async execute(): Promise<Outcome> {
    await runControl(this.#session, this.#action);
    return { rowCount: 0 };
  }
}

/** Does what a statement about the transaction or the session asks for. */
export async function runControl(session: OracleSession, action: ControlAction): Promise<void> {
  const { work } = session;
  switch (action.what) {
    case "commit":
      return session.commit();
    case "rollback":
      return session.rollback();
    case "savepoint":
      return work.savepoint(savepointName(action.name));
    case "rollbackTo":
      return session.rollbackTo(savepointName(action.name), action.name);
    case "setTransaction":
      return work.begin(action.mode);
    case "alterSession":
      return session.alter(action.settings);
    case "killSession":
      return session.host.killSession(action.id, action.serial, action.disconnect);
    case "storeSource":
      return storeSource(session, action);
    case "dropSource":
      return dropSource(session, action.name);
  }
}

/** Apart from the savepoints that this server sets by itself. */
function savepointName(name: string): string {
  return quoted(`user ${name}`);
}
