import type { DriverConnection } from "../driver/index.ts";
import { cancelGraceMs } from "./bounds.ts";
import type { DatabaseContext } from "./database-context.ts";
import type { Lane } from "./lane.ts";

/** Stops on the server what a lane still runs. Resolves once the lane is quiet; a server that does not answer loses the connection. */
export async function stopRunning(
  { clock }: DatabaseContext,
  connection: DriverConnection | undefined,
  lane: Lane,
): Promise<void> {
  if (lane.pending === 0) return;
  const cut = clock.setTimer(() => connection?.destroy(), cancelGraceMs);
  try {
    await connection?.cancel?.({ deadline: clock.now() + cancelGraceMs });
  } catch (error) {
    connection?.destroy(error);
  }
  await lane.drained();
  cut.cancel();
}
