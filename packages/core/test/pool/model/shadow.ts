import { getEventListeners } from "node:events";
import {
  CancelledError,
  ConnectError,
  ConnectionLostError,
  type MdbError,
  PoolClosedError,
  PoolDeadlockError,
  PoolOverloadedError,
  PoolQueueFullError,
  PoolTimeoutError,
} from "../../../src/errors/index.ts";
import type { Holder, Lease } from "../../../src/pool/index.ts";
import type { FakeClock } from "../fake-clock.ts";
import type { FakeConnection, FakeServer } from "../fake-server.ts";
import { expectThat } from "./chance.ts";

/** A call of `acquire` that has not settled. */
export interface Asked {
  readonly order: number;
  readonly fresh: boolean;
  /** The id of the last connection that was there when it asked. */
  readonly lastBefore: number;
  readonly deadline: number;
  readonly holder: Holder | undefined;
  readonly controller: AbortController | undefined;
}

/** A lease that has not ended. */
export interface Lent {
  readonly lease: Lease;
  readonly connection: FakeConnection;
  readonly holder: Holder | undefined;
}

/** What is remembered of one connection: since which of its calls something has to be done before it is lent again. */
interface Memory {
  suspectAtCall: number | undefined;
  dirtyAtCall: number | undefined;
  evicted: boolean;
}

/** What a pool must be like, as far as that can be told from outside: from the calls, the answers, and what the server was asked. */
export class Shadow {
  readonly pending = new Set<Asked>();
  readonly lent = new Set<Lent>();
  /** Leases whose connection was taken from them. */
  readonly revoked: Lent[] = [];
  /** Calls that were answered with a lease in this step. */
  servedNow: Asked[] = [];
  /** A promise that was found broken while an answer came in. */
  broken: unknown;
  readonly seen = {
    acquired: 0,
    timeouts: 0,
    cancelled: 0,
    queueFull: 0,
    deadlock: 0,
    overloaded: 0,
    closed: 0,
    down: 0,
  };
  readonly #server: FakeServer;
  readonly #clock: FakeClock;
  #standstill: { readonly since: number; readonly lent: readonly Lent[]; readonly deadlocks: number } | undefined;
  readonly #memories = new WeakMap<FakeConnection, Memory>();

  constructor(server: FakeServer, clock: FakeClock) {
    this.#server = server;
    this.#clock = clock;
  }

  /** Follows an acquire to its end. */
  follow(asked: Asked, answer: Promise<Lease>): void {
    this.pending.add(asked);
    answer
      .then(
        (lease) => {
          this.servedNow.push(asked);
          this.#leave(asked);
          expectThat(this.#clock.now() < asked.deadline, "somebody was served after its deadline");
          const { id } = lease.connection as FakeConnection;
          expectThat(!asked.fresh || id > asked.lastBefore, "who insisted on a new connection got an old one");
          this.begin(lease, asked.holder);
        },
        (error: MdbError) => {
          this.#leave(asked);
          this.seen[kindOf(error)]++;
        },
      )
      .catch((error: unknown) => {
        this.broken ??= error;
      });
  }

  /** A lease begins: its connection must be alive, clean, beyond doubt, and nobody else's. */
  begin(lease: Lease, holder: Holder | undefined): void {
    this.seen.acquired++;
    const connection = lease.connection as FakeConnection;
    const { calls } = connection;
    const memory = this.memoryOf(connection);
    expectThat(connection.usable && connection.state === "open", "a dead connection was lent");
    expectThat(!memory.evicted, "an evicted connection was lent");
    expectThat(connection.txStatus === "idle", "a connection was lent inside a transaction");
    if (memory.suspectAtCall !== undefined && this.#server.canPing) {
      const proven = calls.slice(memory.suspectAtCall).some((call) => this.#proves(call));
      expectThat(proven, "a connection in doubt was lent without a check");
    }
    if (memory.dirtyAtCall !== undefined) {
      expectThat(calls.slice(memory.dirtyAtCall).includes("reset session"), "a dirty connection was lent");
    }
    memory.suspectAtCall = undefined;
    memory.dirtyAtCall = undefined;
    for (const other of this.lent) expectThat(other.connection !== connection, "a connection was lent twice");
    this.lent.add({ lease, connection, holder });
  }

  /** For how long the same leases have been waiting for each other, and nobody was failed for it. */
  stoodStillFor(deadlocked: boolean, now: number): number {
    const lent = [...this.lent];
    const { deadlock: deadlocks } = this.seen;
    const before = this.#standstill;
    if (!deadlocked) this.#standstill = undefined;
    else if (before?.deadlocks !== deadlocks || lent.some((it, index) => it !== before.lent[index])) {
      this.#standstill = { since: now, lent, deadlocks };
    }
    return this.#standstill === undefined ? 0 : now - this.#standstill.since;
  }

  /** Every connection that is open now has to prove that it is alive before it is lent again. */
  doubtAll(): void {
    for (const connection of this.#server.open) this.memoryOf(connection).suspectAtCall ??= connection.calls.length;
  }

  memoryOf(connection: FakeConnection): Memory {
    let memory = this.#memories.get(connection);
    if (memory === undefined) {
      memory = { suspectAtCall: undefined, dirtyAtCall: undefined, evicted: false };
      this.#memories.set(connection, memory);
    }
    return memory;
  }

  /** Ends what is over, so that the shadow stays as small as the pool. */
  prune(): void {
    for (const lent of this.lent) {
      if (lent.connection.state !== "destroyed") continue;
      this.lent.delete(lent);
      this.revoked.push(lent);
    }
    const { connections } = this.#server;
    for (let index = connections.length - 1; index >= 0; index--) {
      const connection = connections[index];
      if (connection === undefined || connection.state === "open" || connection.state === "closing") continue;
      expectThat(connection.onFatal === null, "a listener is left on a connection that is gone");
      connections.splice(index, 1);
    }
  }

  #proves(call: string): boolean {
    const resetAnswers = this.#server.capabilities.reset === "round-trip" && call.startsWith("reset");
    return call === "ping" || call === "rollback" || resetAnswers;
  }

  #leave(asked: Asked): void {
    expectThat(this.pending.delete(asked), "an acquire settled twice");
    const { controller } = asked;
    if (controller === undefined) return;
    expectThat(getEventListeners(controller.signal, "abort").length === 0, "a listener is left on a signal");
  }
}

function kindOf(error: MdbError): Exclude<keyof Shadow["seen"], "acquired"> {
  if (error instanceof PoolTimeoutError) return "timeouts";
  if (error instanceof CancelledError) return "cancelled";
  if (error instanceof PoolQueueFullError) return "queueFull";
  if (error instanceof PoolDeadlockError) return "deadlock";
  if (error instanceof PoolOverloadedError) return "overloaded";
  if (error instanceof PoolClosedError) return "closed";
  // A connection that is lost while it is opened is an error of connecting, too.
  if (error instanceof ConnectError || error instanceof ConnectionLostError) return "down";
  throw error;
}
