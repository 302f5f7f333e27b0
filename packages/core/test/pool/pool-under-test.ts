import type { Capabilities } from "../../src/driver/index.ts";
import { type Lease, Pool, type PoolOptions } from "../../src/pool/index.ts";
import { FakeClock } from "./fake-clock.ts";
import { type FakeConnection, FakeServer } from "./fake-server.ts";

/** A pool over a fake server and a fake clock. Without jitter unless `random` says otherwise. */
export function poolUnderTest(
  options: PoolOptions = {},
  {
    capabilities,
    label,
    clock = new FakeClock(),
    random = () => 0.5,
  }: {
    readonly capabilities?: Partial<Capabilities>;
    readonly label?: string;
    readonly clock?: FakeClock;
    readonly random?: () => number;
  } = {},
): { readonly pool: Pool; readonly server: FakeServer; readonly clock: FakeClock } {
  const server = new FakeServer(clock, {
    ...(label !== undefined && { label }),
    ...(capabilities !== undefined && { capabilities }),
  });
  return { pool: new Pool(server, options, { clock, random }), server, clock };
}

/** How a call stands, as far as it has got. */
export interface Watched<T> {
  readonly state: "pending" | "resolved" | "rejected";
  readonly value: T | undefined;
  readonly error: unknown;
  /** How often it settled. */
  readonly settlements: number;
}

/** Follows a promise without awaiting it. */
export function watch<T>(promise: Promise<T>): Watched<T> {
  const watched = {
    state: "pending" as Watched<T>["state"],
    value: undefined as T | undefined,
    error: undefined as unknown,
    settlements: 0,
  };
  promise.then(
    (value) => {
      watched.state = "resolved";
      watched.value = value;
      watched.settlements++;
    },
    (error: unknown) => {
      watched.state = "rejected";
      watched.error = error;
      watched.settlements++;
    },
  );
  return watched;
}

/** The fake behind a lease. */
export function fakeOf(lease: Lease): FakeConnection {
  return lease.connection as FakeConnection;
}

/** Takes `count` leases. */
export function take(pool: Pool, count: number): Promise<Lease[]> {
  return Promise.all(Array.from({ length: count }, () => pool.acquire()));
}

/** A value that has to be there. */
export function must<T>(value: T | undefined | null): T {
  if (value === undefined || value === null) throw new Error("missing");
  return value;
}
