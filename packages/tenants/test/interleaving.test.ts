import { connectionBudget, DatabaseManager, defineDatabase, type RoutedDatabase } from "@nsj/mdb-core";
import { type Place, type Tenants, tenants } from "@nsj/mdb-tenants";
import { describe, expect, it } from "vitest";
import { type SmallServer, smallServer } from "./support/small-driver.ts";
import { settled, TestClock } from "./support/test-clock.ts";

/** Two things at once, one of which begins so many turns of the promises after the other: every offset is played, so each meets the other at each of its awaits. */
const offsets = Array.from({ length: 150 }, (_, index) => index - 50);
/** So many turns are looked at after each moment of the clock; no chain of promises here is longer. */
const turnsEach = 24;

interface Bed {
  readonly clock: TestClock;
  readonly server: SmallServer;
  readonly shops: Tenants;
  readonly shop: RoutedDatabase;
  readonly places: Map<string, Place>;
  readonly manager: { close(options?: { readonly timeoutMs?: number }): Promise<void> };
  own(name: string): Place;
}

type Kind = "own" | "shared";

function open(kind: Kind, move: "overlap" | "stop"): Bed {
  const clock = new TestClock();
  const server = smallServer(clock, { connectMs: () => 1, queryMs: () => 1 });
  const places = new Map<string, Place>();
  const own = (name: string) => defineDatabase(server.driver, { name });
  const placeOf = (id: string): Place => (kind === "own" ? own(id) : { on: "pool", settings: { tenant: id } });
  for (const id of ["acme", "other"]) places.set(id, placeOf(id));
  const shops = tenants({
    driver: server.driver,
    budget: connectionBudget({ max: 1 }),
    open: 1,
    move,
    resolve: async (id) => {
      await new Promise<void>((resolve) => void clock.setTimer(resolve, 1));
      return places.get(id);
    },
  });
  const pool = defineDatabase(server.driver, { name: "pool", pool: { max: 1 } });
  const manager = new DatabaseManager({ pool, shop: shops }, { clock });
  return { clock, server, shops, shop: manager.database("shop"), places, manager, own };
}

const read = (from: Pick<RoutedDatabase, "queryScalar">) => from.queryScalar<string>("select name");

/** What a caller does with a tenant. Each gives whose data it has seen. */
const calls: Readonly<Record<string, (bed: Bed) => Promise<string>>> = {
  "a statement": ({ shops, shop }) => shops.run("acme", () => read(shop)),
  "a transaction": ({ shops, shop }) => shops.run("acme", () => shop.transaction(read)),
  "a session": ({ shops, shop }) => shops.run("acme", () => shop.withSession(read)),
  "a pin": async ({ shops }) => {
    await using shop = await shops.use("acme");
    return read(shop);
  },
};

interface Action {
  act(bed: Bed): Promise<unknown>;
  /** What the caller may see; it never fails where there is nothing else. */
  readonly sees: readonly string[];
  readonly codes?: readonly string[];
}

/** What happens to the tenant meanwhile. */
const actions: Readonly<Record<string, Action>> = {
  "another one takes its place": {
    act: ({ shops, shop }) => shops.run("other", () => read(shop)).then((seen) => expect(seen).toBe("other")),
    sees: ["acme"],
  },
  "each() has done with it": {
    act: ({ shops }) => shops.each(() => {}, { ids: ["acme"] }).then((it) => expect(it).toMatchObject({ done: 1 })),
    sees: ["acme"],
  },
  "it moves": {
    act: ({ shops, places, own }) => {
      places.set("acme", own("elsewhere"));
      return shops.refresh("acme");
    },
    sees: ["acme", "elsewhere"],
  },
  "it is gone": {
    act: ({ shops, places }) => {
      places.delete("acme");
      return shops.refresh("acme");
    },
    sees: ["acme"],
    codes: ["MDB_UNKNOWN_TENANT"],
  },
  "it becomes unavailable": {
    act: ({ shops, places }) => {
      places.set("acme", { unavailable: "moving", retryAfterMs: 50 });
      return shops.refresh("acme");
    },
    sees: ["acme"],
    codes: ["MDB_TENANT_UNAVAILABLE"],
  },
  "all is closed, and has time": {
    act: ({ manager }) => manager.close({ timeoutMs: 1_000 }),
    sees: ["acme"],
    codes: ["MDB_POOL_CLOSED", "MDB_TENANT_RESOLVE"],
  },
  "all is closed at once": {
    act: ({ manager }) => manager.close({ timeoutMs: 0 }),
    sees: ["acme"],
    codes: ["MDB_POOL_CLOSED", "MDB_TENANT_RESOLVE", "MDB_CONNECTION_LOST", "MDB_COMMIT_OUTCOME_UNKNOWN"],
  },
};

/** Plays both, one of them later by so many turns. Gives what the caller saw, or the code of what it failed with. */
async function play(bed: Bed, call: (bed: Bed) => Promise<string>, action: Action, offset: number): Promise<string> {
  let seen: string | undefined;
  let isOver = false;
  let failure: unknown;
  const begin = {
    call: () =>
      void call(bed).then(
        (it) => {
          seen = it;
        },
        (error: { readonly code?: string }) => {
          seen = error.code ?? String(error);
        },
      ),
    action: () =>
      void action
        .act(bed)
        .catch((error: unknown) => {
          failure = error;
        })
        .then(() => {
          isOver = true;
        }),
  };
  for (let turn = 0; turn < 4_000; turn++) {
    if (turn === Math.max(0, -offset)) begin.call();
    if (turn === Math.max(0, offset)) begin.action();
    if (seen !== undefined && isOver) break;
    await undefined;
    if (turn % turnsEach < turnsEach - 1) continue;
    await settled();
    bed.clock.fireNext();
  }
  if (failure !== undefined) throw failure;
  return seen ?? `still waits, and ${isOver ? "nothing else does" : "so does the other"}`;
}

/** Nothing of it is left that anybody would wait for, or that would be kept open. */
async function lookBehind({ server, manager, clock }: Bed): Promise<void> {
  await settled();
  const closing = manager.close({ timeoutMs: 0 });
  await clock.advance(10);
  await closing;
  expect([server.open, server.peak <= 2, clock.timers]).toEqual([0, true, 0]);
}

describe.each(["cold", "open"] as const)("a tenant that is %s when a caller comes", (state) => {
  describe.each(["own", "shared"] as const)("with a place of the kind %s", (kind) => {
    it.each(Object.keys(actions))("serves it or says why not, wherever the caller stands when %s", async (what) => {
      const action = actions[what] as Action;
      const allowed = [...action.sees, ...(action.codes ?? [])];
      for (const call of Object.values(calls)) {
        const outcomes = new Set<string>();
        for (const offset of offsets) {
          const bed = open(kind, offset % 2 === 0 ? "overlap" : "stop");
          if (state === "open") {
            const warm = bed.shops.run("acme", () => read(bed.shop));
            await bed.clock.advance(10);
            await warm;
          }
          const seen = await play(bed, call, action, offset);
          expect(allowed, `${offset}: ${seen}`).toContain(seen);
          outcomes.add(seen);
          const stats = what.startsWith("all is closed") ? undefined : bed.shops.stats("acme");
          if (stats !== undefined) {
            await bed.clock.advance(100);
            expect(bed.shops.stats("acme") ?? stats, String(offset)).toMatchObject({ uses: 0, pins: 0, leaving: 0 });
          }
          await lookBehind(bed);
        }
        // Both ends were met: it was served, and where it may be refused it was.
        expect(outcomes.size, [...outcomes].join()).toBeGreaterThanOrEqual(Math.min(2, allowed.length));
      }
    });
  });
});
