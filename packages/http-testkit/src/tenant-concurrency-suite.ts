import { setTimeout as pause } from "node:timers/promises";
import type { Place, TenantsOptions } from "@nsj/mdb-tenants";
import { expect, it, onTestFinished, vi } from "vitest";
import type { RunningTenants } from "./running-tenants.ts";
import { own, shared, type TenantPlaces } from "./tenant-places.ts";
import type { TenantWay } from "./tenant-service.ts";

/** What a client gets: whom the service saw, and how it ended. */
interface Got {
  readonly outcome: number | "cut";
  readonly seen: readonly string[];
}

const kinds = [
  { route: "run/tenantCommit", outcome: 200, notes: ["kept"] },
  { route: "run/tenantTransaction", outcome: 200, notes: ["kept", "hook"] },
  { route: "run/tenantForget", outcome: 200, notes: [] },
  { route: "run/tenantFail", outcome: 500, notes: [] },
  { route: "stream/tenantStream", outcome: 200, notes: [] },
  { route: "stream/tenantStreamFail", outcome: "cut", notes: [] },
  { route: "run/tenantHang", outcome: "cut", notes: [] },
] as const;

/** Registers what an integration has to keep apart when many ask for many tenants at once. */
export function tenantConcurrencySuite(
  framework: string,
  open: (
    way: TenantWay,
    resolve: (id: string) => Place | undefined,
    options: Partial<TenantsOptions>,
  ) => Promise<RunningTenants>,
  places: () => TenantPlaces,
): void {
  it(`200 concurrent requests of 50 tenants to ${framework} never see each other, while tenants move and are evicted`, {
    timeout: 120_000,
  }, async () => {
    // Some frameworks print each answer that they have to cut.
    const print = vi.spyOn(console, "error").mockImplementation(() => {});
    onTestFinished(() => print.mockRestore());
    await places().createTables();
    const sides = new Map<string, 0 | 1>();
    const tenantIds = [...own, ...shared];
    const resolve = (id: string) => places().placeOf(id, sides.get(id) ?? 0);
    // Less room than there are tenants, and fewer connections than there are databases.
    const running = await open("path", resolve, { open: 12, connections: 6, drainTimeoutMs: 100_000, idleMs: 100 });
    const { service, shops } = running;
    const hanging = new AbortController();
    const requests = Array.from({ length: 200 }, (_, index) => {
      const kind = kinds[index % kinds.length] ?? kinds[0];
      const tenant = tenantIds[index % tenantIds.length] ?? "";
      const url = `${service.url}/t/${tenant}/${kind.route}/${index}`;
      const got = ask(url, kind.route === "run/tenantHang" ? hanging.signal : null);
      return { index, kind, tenant, got };
    });
    const others = Promise.all(requests.filter(({ kind }) => kind.route !== "run/tenantHang").map(({ got }) => got));
    const moving = new AbortController();
    const mover = moveAround(shops, sides, tenantIds, moving.signal);
    try {
      // Those that hang give up at last, as clients do: others wait for their connections.
      await vi.waitFor(() => expect(shops.stats().tenants.moved).toBeGreaterThan(0), { timeout: 60_000 });
      hanging.abort();
      await others;
    } finally {
      hanging.abort();
      moving.abort();
      await mover;
    }

    for (const { kind, tenant, got } of requests) {
      const { outcome, seen } = await got;
      expect(outcome, kind.route).toBe(kind.outcome);
      expect(new Set([tenant, ...seen]), kind.route).toEqual(new Set([tenant]));
    }
    const kept = requests.flatMap(({ index, kind, tenant }) => kind.notes.map((it) => `${tenant} ${index} ${it}`));
    expect(await places().notes()).toEqual(kept.sort());
    await nothingIsHeld(running);
    const { moved, evicted } = shops.stats().tenants;
    expect(moved).toBeGreaterThan(0);
    expect(evicted.room + evicted.idle).toBeGreaterThan(0);
  });
}

/** Moves one tenant after another to its other place, until the signal aborts. */
async function moveAround(
  shops: RunningTenants["shops"],
  sides: Map<string, 0 | 1>,
  tenantIds: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  for (let turn = 0; !signal.aborted; turn++) {
    const id = tenantIds[(turn * 7) % tenantIds.length] ?? "";
    sides.set(id, sides.get(id) === 1 ? 0 : 1);
    await shops.refresh(id);
    await pause(1);
  }
}

async function nothingIsHeld({ shops, databases }: RunningTenants): Promise<void> {
  await vi.waitFor(
    () => {
      const pools = [shops.stats().pools, databases.database("shared0").stats(), databases.database("shared1").stats()];
      for (const { busy, waiting, leaks, idle, total } of pools) {
        expect({ busy, waiting, leaks, idle }).toEqual({ busy: 0, waiting: 0, leaks: 0, idle: total });
      }
      for (const id of [...own, ...shared]) expect(shops.stats(id)?.uses ?? 0, id).toBe(0);
    },
    { timeout: 10_000 },
  );
}

async function ask(url: string, signal: AbortSignal | null): Promise<Got> {
  let body = "";
  try {
    const response = await fetch(url, { signal });
    for await (const part of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) body += part;
    return { outcome: response.status, seen: seenIn(body) };
  } catch {
    return { outcome: "cut", seen: seenIn(body) };
  }
}

function seenIn(body: string): readonly string[] {
  return body.match(/\b(?:acme|bolt|own\d+|shared\d+)\b/g) ?? [];
}
