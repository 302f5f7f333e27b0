import {
  type Clock,
  type DialectFacts,
  type Driver,
  type DriverConnection,
  DriverFault,
  type ErrorInfo,
  noCapabilities,
  type ResultSet,
  type SessionContext,
} from "@nsj/mdb-core";
import { referenceDriver } from "@nsj/mdb-testkit";

/** Where a connection of {@link smallServer} goes. */
export interface SmallOptions {
  readonly name: string;
}

/** A server that knows one answer: whose database, or whose context, a statement runs in. Takes time by the clock, and loses connections. */
export interface SmallServer {
  readonly driver: Driver<SmallOptions>;
  /** Connections that are open or being opened, by the server's count. */
  readonly open: number;
  readonly peak: number;
  /** The most that were open at a time, of all names but this. */
  peakBeside(name: string): number;
  readonly connects: number;
  /** One of the open connections dies. */
  killOne(pick: (count: number) => number): void;
}

const lost: ErrorInfo = { kind: "lost", connection: "dead", executed: "maybe", retry: "never" };

const unknownFault: ErrorInfo = { kind: "other", connection: "suspect", executed: "maybe", retry: "never" };

/** @param queryMs - how long a statement takes; asked for each */
export function smallServer(
  clock: Clock,
  { connectMs, queryMs }: { connectMs(): number; queryMs(): number },
): SmallServer {
  let open = 0;
  let peak = 0;
  let connects = 0;
  const living = new Set<SmallConnection>();
  const openOf = new Map<string, number>();
  const peaks = new Map<string, number>();
  const count = (name: string, change: 1 | -1): void => {
    open += change;
    openOf.set(name, (openOf.get(name) ?? 0) + change);
    peak = Math.max(peak, open);
    for (const [other, highest] of peaks) peaks.set(other, Math.max(highest, open - (openOf.get(other) ?? 0)));
  };
  const pause = (ms: number): Promise<void> => new Promise((resolve) => void clock.setTimer(resolve, ms));

  class SmallConnection implements DriverConnection {
    usable = true;
    txStatus: DriverConnection["txStatus"] = "idle";
    onFatal: DriverConnection["onFatal"] = null;
    #context: SessionContext | undefined;
    #pending: ((error: Error) => void) | undefined;
    readonly #name: string;

    constructor(name: string) {
      this.#name = name;
      living.add(this);
    }

    async query(): Promise<ResultSet> {
      const value = this.#context?.settings?.["tenant"] ?? this.#name;
      await new Promise<void>((resolve, reject) => {
        this.#pending = reject;
        clock.setTimer(resolve, queryMs());
      });
      this.#pending = undefined;
      if (!this.usable) throw new DriverFault("it died", lost);
      const columns = [{ name: "name", type: "string", databaseType: "text" } as const];
      return { columns, rows: [[value]], affected: 1 };
    }

    begin(): void {
      this.txStatus = "active";
    }

    async commit(): Promise<void> {
      await this.query();
      this.txStatus = "idle";
    }

    rollback(): void {
      this.txStatus = "idle";
    }

    setContext(context: SessionContext | undefined): void {
      this.#context = context;
    }

    async close(): Promise<void> {
      await pause(1);
      this.destroy();
    }

    destroy(): void {
      if (!this.usable) return;
      this.usable = false;
      this.txStatus = "unknown";
      living.delete(this);
      count(this.#name, -1);
      this.#pending?.(new DriverFault("it was destroyed", lost));
    }

    die(): void {
      const isBusy = this.#pending !== undefined;
      this.destroy();
      if (!isBusy) this.onFatal?.(new DriverFault("it died", lost));
    }
  }

  const driver: Driver<SmallOptions> = Object.freeze({
    spi: 1,
    name: "small",
    schemes: ["small"],
    optionKeys: ["name"] as const,
    dialect: referenceDriver.dialect as DialectFacts,
    capabilities: Object.freeze({ ...noCapabilities, context: ["settings"] as const }),
    connector: ({ name }: SmallOptions) => ({
      target: { address: "small" },
      async connect() {
        count(name, 1);
        connects++;
        await pause(connectMs());
        return new SmallConnection(name);
      },
    }),
    parseUrl: () => ({ name: "main" }),
    classify: (error: unknown) => (error instanceof DriverFault ? error.info : unknownFault),
  });
  return {
    driver,
    get open() {
      return open;
    },
    get peak() {
      return peak;
    },
    get connects() {
      return connects;
    },
    peakBeside(name) {
      const known = peaks.get(name);
      if (known === undefined) peaks.set(name, open - (openOf.get(name) ?? 0));
      return peaks.get(name) ?? 0;
    },
    killOne(pick) {
      [...living][pick(living.size)]?.die();
    },
  };
}
