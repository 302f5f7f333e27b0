import { type Stats, statSync } from "node:fs";
import { fileMoved } from "./failure.ts";

/**
 * The file of one connection, and whether its name still leads to it. In WAL mode SQLite does not ask: what is written to a file that was deleted, or in whose
 * place somebody has put a backup, would be committed, and gone with the connection.
 */
export class OpenedFile {
  readonly #name: string;
  readonly #opened: Stats | undefined;
  /** It was found to be another one, or none. */
  isMoved = false;

  /** To be made right behind the opening. @param name - as the user wrote it, and not what its links led to */
  constructor(name: string) {
    this.#name = name;
    this.#opened = look(name);
  }

  /** @throws DriverFault where it is another file now, or none */
  mustBeThere(): void {
    const opened = this.#opened;
    if (opened === undefined) return;
    const now = look(this.#name);
    if (now?.ino === opened.ino && now.dev === opened.dev) return;
    this.isMoved = true;
    throw fileMoved();
  }
}

/** `undefined`: there is none. */
function look(name: string): Stats | undefined {
  return statSync(name, { throwIfNoEntry: false });
}
