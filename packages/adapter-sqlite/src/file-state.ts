import { WriterQueue } from "./writer-queue.ts";

/** What all connections of this process to one file share. */
export interface FileState {
  readonly writers: WriterQueue;
  /** Raised by whoever has changed the schema, so that the others look again. */
  schemaGeneration: number;
  /** Connections that are open. */
  connections: number;
}

// On globalThis, because two copies of this package (ESM beside CommonJS) must not have a queue each.
const key = Symbol.for("@nsj/mdb-adapter-sqlite/files/1");

function files(): Map<string, FileState> {
  const holder = globalThis as { [key]?: Map<string, FileState> };
  holder[key] ??= new Map();
  return holder[key];
}

/** Joins the connections to a file. @param path - its real path. Pair with {@link leaveFile}. */
export function joinFile(path: string): FileState {
  const known = files();
  let state = known.get(path);
  if (state === undefined) {
    state = { writers: new WriterQueue(), schemaGeneration: 0, connections: 0 };
    known.set(path, state);
  }
  state.connections += 1;
  return state;
}

/** Forgets the file with its last connection. */
export function leaveFile(path: string, state: FileState): void {
  state.connections -= 1;
  if (state.connections === 0 && files().get(path) === state) files().delete(path);
}
