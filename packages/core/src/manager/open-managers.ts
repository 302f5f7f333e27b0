import type { DatabaseManager } from "./database-manager.ts";
import { notedManagers } from "./noted-managers.ts";

/**
 * Every manager of this process that was not closed, in the order in which they were made: for code that watches all of them, such as exporters of
 * metrics. One that was forgotten without being closed is left out once it is garbage.
 */
export function openManagers(): readonly DatabaseManager[] {
  return notedManagers() as readonly DatabaseManager[];
}
