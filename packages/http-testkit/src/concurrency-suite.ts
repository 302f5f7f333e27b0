import type { DatabaseManager } from "@nsj/mdb-core";
import { expect, it, vi } from "vitest";
import { notesOf } from "./service.ts";

interface Kind {
  readonly route: string;
  /** What its client may get. */
  readonly outcomes: readonly (number | "cut")[];
}

const kinds: readonly Kind[] = [
  { route: "run/commit", outcomes: [200] },
  { route: "run/forget", outcomes: [200] },
  { route: "run/fail", outcomes: [500] },
  { route: "run/twice", outcomes: [409] },
  { route: "run/gaveUp", outcomes: [500] },
  // While it waits for a connection, or while it runs.
  { route: "run/late", outcomes: [503, 504] },
  { route: "stream/streamShort", outcomes: [200] },
  { route: "stream/streamFail", outcomes: ["cut"] },
];

/** What a client gets of an answer: its status, or that there was none, or not all of it. */
async function ask(url: string, signal: AbortSignal | null = null): Promise<number | "cut"> {
  try {
    const response = await fetch(url, { signal });
    await response.text();
    return response.status;
  } catch {
    return "cut";
  }
}

/**
 * Registers what an integration has to keep apart when many ask at once.
 * @param running - the service of the test that runs
 */
export function concurrencySuite(
  framework: string,
  running: () => { readonly databases: DatabaseManager; readonly url: string },
): void {
  const eventually = (look: () => void) => vi.waitFor(look, { timeout: 10_000 });
  const everythingBack = (databases: DatabaseManager) =>
    eventually(() => {
      for (const { busy, waiting, idle, total, leaks } of Object.values(databases.stats())) {
        expect({ busy, waiting, leaks, idle }).toEqual({ busy: 0, waiting: 0, leaks: 0, idle: total });
      }
    });

  it(`200 concurrent requests to ${framework} never see each other`, async () => {
    const { databases, url } = running();
    const users = Array.from({ length: 200 }, (_, index) => index + 1);
    const answers = await Promise.all(
      users.map(async (user) => {
        const response = await fetch(`${url}/run/isolated/${user}`);
        return { status: response.status, body: await response.json() };
      }),
    );
    expect(answers).toEqual(
      users.map((user) => ({
        status: 200,
        body: { user, sameSession: true, alone: true, ambient: true, seen: 1, sameConnection: true },
      })),
    );
    expect(await notesOf(databases)).toEqual(users.filter((user) => user % 2 === 0));
    expect(await notesOf(databases, "audit")).toEqual(users);
    await everythingBack(databases);
  });

  it(`200 concurrent requests to ${framework} that throw, run out of time, stream or are cut leave no trace`, async () => {
    const { databases, url } = running();
    const client = new AbortController();
    const cut = Array.from({ length: 40 }, (_, index) => ask(`${url}/run/hang/${index + 1}`, client.signal));
    await eventually(() => expect(databases.database("orders").stats().waiting).toBeGreaterThan(0));
    const others = Array.from({ length: 160 }, (_, index) => {
      const kind = kinds[index % kinds.length] as Kind;
      return { kind, user: index + 101, outcome: ask(`${url}/${kind.route}/${index + 101}`) };
    });
    client.abort();
    expect(new Set(await Promise.all(cut))).toEqual(new Set(["cut"]));
    for (const { kind, outcome } of others) expect(kind.outcomes, kind.route).toContain(await outcome);
    const kept = others.filter(({ kind }) => kind.route === "run/commit").map(({ user }) => user);
    expect(await notesOf(databases)).toEqual(kept);
    await everythingBack(databases);
  });
}
