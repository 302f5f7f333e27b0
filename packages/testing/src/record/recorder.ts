import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";
import { tracingChannel } from "node:diagnostics_channel";
import type { QueryEvent, QueryKind } from "@nsj/mdb-core";
import { callersOf } from "./caller.ts";
import type { RecordedStatement } from "./recorded-statement.ts";

/** The door of core by which events tell values apart; the key is of this run. */
const fingerprintKey: unique symbol = Symbol.for("@nsj/mdb/fingerprint-key") as never;
const doors = globalThis as { [fingerprintKey]?: Uint8Array | undefined };

/** Of what the application does not ask for, the kinds. */
const notAskedFor: ReadonlySet<QueryKind> = new Set([
  "begin",
  "commit",
  "rollback",
  "savepoint",
  "prepare",
  "finish",
  "internal",
]);

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** What an event says at its end. */
type Seen = QueryEvent & { readonly error?: unknown };

/** What one recording gets. */
export interface Recorder {
  readonly statements: RecordedStatement[];
  /** Whether it takes an event wherever that comes from; else only from its own async chain. */
  takes(event: QueryEvent): boolean;
}

const storage = new AsyncLocalStorage<readonly Recorder[]>();
const everywhere = new Set<Recorder>();
const begun = new WeakMap<object, readonly Writable<RecordedStatement>[]>();
let recording = 0;

const subscribers = {
  start(event: Seen): void {
    if (notAskedFor.has(event.kind)) return;
    const recorders = new Set([...(storage.getStore() ?? []), ...everywhere].filter((it) => it.takes(event)));
    if (recorders.size === 0) return;
    const { database, engine, kind, statement: text, name, fingerprint } = event;
    const callers = callersOf();
    const facts = {
      database,
      engine,
      kind,
      text,
      name,
      fingerprint,
      callers,
      caller: callers[0]?.replace(/^async /, ""),
    };
    const entries = [...recorders].map((recorder) => {
      const entry = { ...facts, durationMs: undefined, rowCount: undefined, error: undefined };
      recorder.statements.push(entry);
      return entry;
    });
    begun.set(event, entries);
  },
  end(): void {},
  asyncStart(): void {},
  asyncEnd(event: Seen): void {
    for (const entry of begun.get(event) ?? []) {
      entry.durationMs = event.durationMs;
      entry.rowCount = event.rowCount;
      entry.error = event.error;
    }
  },
  error(): void {},
};

/** Runs `work` with a recorder for its async chain, or for everything that it takes, from wherever. */
export async function withRecorder<R>(recorder: Recorder, anywhere: boolean, work: () => Promise<R>): Promise<R> {
  const channel = tracingChannel<unknown, Seen>("mdb:query");
  if (recording++ === 0) {
    channel.subscribe(subscribers);
    doors[fingerprintKey] = randomBytes(32);
  }
  if (anywhere) everywhere.add(recorder);
  try {
    const around = storage.getStore() ?? [];
    return await (anywhere ? work() : storage.run([...around, recorder], work));
  } finally {
    everywhere.delete(recorder);
    if (--recording === 0) {
      channel.unsubscribe(subscribers);
      doors[fingerprintKey] = undefined;
    }
  }
}
