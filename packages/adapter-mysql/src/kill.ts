import { DriverFault, watchExpiry } from "@nsj/mdb-core";
import type { Bounds } from "./bounds.ts";
import { queryCommand } from "./commands.ts";
import { serverCode } from "./errors.ts";
import { logIn } from "./login.ts";
import { ResultFlight } from "./result-flight.ts";
import type { Endpoint, Settings } from "./settings.ts";

/** ER_NO_SUCH_THREAD: the session is gone, and its statement with it. */
const noSuchThread = 1094;

/** The session whose statement is to be stopped. */
export interface Victim {
  readonly threadId: number;
  /** The server that has it. On another one behind the same name the number is somebody else's session. */
  readonly server: Endpoint | undefined;
}

/** Stops what a session runs, over a connection of its own. Resolves when the server has marked the session. */
export async function killQuery(settings: Settings, { threadId, server }: Victim, context: Bounds): Promise<void> {
  const side = await logIn(settings, context, server);
  const stop = watchExpiry(context.clock, context, () =>
    side.destroy(DriverFault.lost("the server did not answer in time")),
  );
  try {
    const command = queryCommand(`kill query ${threadId}`);
    await side.send(new ResultFlight(side, command, { isBinary: false, tinyint1IsBoolean: false }));
  } catch (error) {
    if (serverCode(error) !== noSuchThread) throw error;
  } finally {
    stop();
    side.destroy(undefined);
  }
}
