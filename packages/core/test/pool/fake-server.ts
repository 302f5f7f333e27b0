import type {
  Capabilities,
  Clock,
  DriverConnection,
  ErrorInfo,
  ErrorKind,
  MaybePromise,
  OperationContext,
  ResetPlan,
} from "../../src/driver/index.ts";
import type { ConnectionSource } from "../../src/pool/index.ts";

/** A driver's error; says itself what it means. */
export class FakeDriverError extends Error {
  readonly info: ErrorInfo;
  constructor(kind: ErrorKind, info: Partial<ErrorInfo> = {}) {
    super(`fake ${kind}`);
    this.info = { kind, connection: "dead", executed: "no", retry: "connect", ...info };
  }
}

/** What a connection or a server does when asked: nothing wrong, an error, or never an answer. */
export type Behaviour = "ok" | "hang" | Error;

/** One connection of {@link FakeServer}; records what is asked of it. */
export class FakeConnection implements DriverConnection {
  readonly id: number;
  readonly calls: string[] = [];
  usable = true;
  txStatus: DriverConnection["txStatus"] = "idle";
  onFatal: DriverConnection["onFatal"] = null;
  state: "open" | "closing" | "closed" | "destroyed" = "open";
  referenced = true;
  pings: Behaviour = "ok";
  closes: Behaviour = "ok";
  resets: Behaviour = "ok";
  rollbacks: Behaviour = "ok";
  cancels: Behaviour = "ok";
  dirty?: boolean;
  fits?: boolean;
  readonly #server: FakeServer;
  readonly #hanging = new Set<(error: Error) => void>();

  constructor(id: number, server: FakeServer) {
    this.id = id;
    this.#server = server;
    if (server.canPing) this.ping = (context) => this.#act("ping", server.pings ?? this.pings, context);
    if (server.capabilities.cancel !== "none") this.cancel = (context) => this.#act("cancel", this.cancels, context);
    if (server.capabilities.reset !== "none") this.reset = (plan, context) => this.#reset(plan, context);
  }

  ping?: (context: OperationContext) => Promise<void>;
  cancel?: (context: OperationContext) => Promise<void>;
  reset?: (plan: ResetPlan, context: OperationContext) => MaybePromise<"done" | "deferred">;

  query(): never {
    throw new Error("the pool must not send statements");
  }
  begin(): void {
    this.txStatus = "active";
  }
  commit(): never {
    throw new Error("the pool must not commit");
  }
  async rollback(): Promise<void> {
    await this.#act("rollback", this.rollbacks);
    this.txStatus = "idle";
  }
  async close(context: OperationContext): Promise<void> {
    this.state = "closing";
    await this.#act("close", this.closes, context);
    this.usable = false;
    if (this.state === "closing") this.state = "closed";
  }
  destroy(reason?: unknown): void {
    this.calls.push("destroy");
    this.usable = false;
    this.state = "destroyed";
    for (const reject of this.#hanging) reject(reason instanceof Error ? reason : new Error("destroyed"));
    this.#hanging.clear();
  }
  ref(): void {
    this.referenced = true;
  }
  unref(): void {
    this.referenced = false;
  }

  /** The server or the network ends it while nobody calls it. */
  die(error: Error = new FakeDriverError("lost")): void {
    this.usable = false;
    this.onFatal?.(error);
  }

  #reset(plan: ResetPlan, context: OperationContext): MaybePromise<"done" | "deferred"> {
    if (this.#server.capabilities.reset === "deferred") {
      this.calls.push(`reset ${plan.scope}`);
      this.txStatus = "idle";
      return "deferred";
    }
    return this.#act(`reset ${plan.scope}`, this.resets, context).then(() => "done");
  }

  async #act(call: string, behaviour: Behaviour, context?: OperationContext): Promise<void> {
    this.calls.push(call);
    if (behaviour instanceof Error) throw behaviour;
    if (behaviour === "hang") {
      await new Promise<void>((_, reject) => {
        this.#hanging.add(reject);
        context?.signal?.addEventListener("abort", () => this.#server.honoursAbort && reject(context.signal?.reason));
      });
    }
  }
}

/** Where {@link FakeConnection}s come from; as good or as bad as a test wants it. */
export class FakeServer implements ConnectionSource {
  readonly label: string;
  readonly engine = "fake";
  readonly target = { address: "db.test:1234", database: "shop", user: "app" };
  readonly capabilities: Capabilities;
  readonly clock: Clock;
  canPing = true;
  /** What connecting does. */
  connects: Behaviour = "ok";
  /** How long a connect takes. */
  connectMs = 0;
  /** What all pings do, whatever the single connection would. */
  pings: Behaviour | undefined = undefined;
  /** Calls that hang end when they are told to. */
  honoursAbort = true;
  restore?: NonNullable<ConnectionSource["restore"]>;
  /** Every connection that there was. */
  readonly connections: FakeConnection[] = [];
  /** When each attempt to connect began. */
  readonly attempts: number[] = [];
  #made = 0;
  readonly #held: { readonly open: () => void; readonly fail: (error: Error) => void }[] = [];

  constructor(clock: Clock, options: { readonly label?: string; readonly capabilities?: Partial<Capabilities> } = {}) {
    this.clock = clock;
    this.label = options.label ?? "orders";
    this.capabilities = {
      concurrency: "single",
      execution: "async",
      cancel: "none",
      stream: "none",
      reset: "round-trip",
      noticesSessionChanges: false,
      prepared: false,
      executeMany: false,
      bulkLoad: false,
      savepoints: "full",
      isolation: [],
      readOnlyTransactions: false,
      deferrableTransactions: false,
      multipleResultSets: false,
      procedures: false,
      ...options.capabilities,
    };
  }

  /** How many connections there have ever been; the id of the last one. */
  get made(): number {
    return this.#made;
  }

  get open(): FakeConnection[] {
    return this.connections.filter(({ state }) => state === "open" || state === "closing");
  }

  /** Attempts that neither succeeded nor failed. */
  get pendingConnects(): number {
    return this.#held.length;
  }

  async connect(context: OperationContext): Promise<FakeConnection> {
    this.attempts.push(this.clock.now());
    if (this.connectMs > 0) {
      await new Promise<void>((resolve) => {
        this.clock.setTimer(resolve, this.connectMs);
      });
    }
    if (this.honoursAbort) context.signal?.throwIfAborted();
    const behaviour = this.connects;
    if (behaviour instanceof Error) throw behaviour;
    if (behaviour === "hang") {
      await new Promise<void>((open, fail) => {
        const held = { open, fail };
        this.#held.push(held);
        context.signal?.addEventListener("abort", () => {
          if (!this.honoursAbort) return;
          this.#held.splice(this.#held.indexOf(held), 1);
          fail(context.signal?.reason);
        });
      });
    }
    const connection = new FakeConnection(++this.#made, this);
    this.connections.push(connection);
    return connection;
  }

  /** Lets the oldest hanging connect go through, or fail. */
  release(error?: Error): void {
    const held = this.#held.shift();
    if (error === undefined) held?.open();
    else held?.fail(error);
  }

  classify(error: unknown): ErrorInfo {
    return error instanceof FakeDriverError
      ? error.info
      : { kind: "other", connection: "suspect", executed: "maybe", retry: "never" };
  }
}
