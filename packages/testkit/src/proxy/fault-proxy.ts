import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import type { Direction, Ending, Fault } from "./fault.ts";
import { Link } from "./link.ts";
import { resetSocket } from "./reset-socket.ts";

/** Where the proxy goes on to. */
export interface FaultProxyOptions {
  readonly host: string;
  readonly port: number;
}

/** A TCP proxy on a loopback port, in this process, that breaks connections on demand. */
export interface FaultProxy {
  /** Where clients connect to. Stays the same for the life of the proxy. */
  readonly address: { readonly host: string; readonly port: number };
  /** Connections accepted so far. */
  readonly accepted: number;
  /** Connections that clients hold open now. */
  readonly open: number;
  /** Bytes handed on so far in one direction, by all connections together. */
  bytes(direction: Direction): number;
  /** From now on, does this. Resolves once it holds for new connections. */
  set(fault: Fault): Promise<void>;
  /** The connections that clients hold open now, for faults of one alone. */
  readonly links: readonly ProxyLink[];
  /** Ends every connection that is open now. */
  endAll(ending?: Ending): void;
  /** Resolves as soon as no client holds a connection. */
  drained(): Promise<void>;
  /** Ends everything. Idempotent. */
  close(): Promise<void>;
}

/** One connection through the proxy. */
export interface ProxyLink {
  /** From now on, does this to the one connection. Faults of new connections mean nothing here. */
  set(fault: Fault): void;
  end(ending: Ending): void;
}

/** Starts a proxy in front of a server. It passes everything on until {@link FaultProxy.set} says otherwise. */
export async function faultProxy(server: FaultProxyOptions): Promise<FaultProxy> {
  const proxy = new RunningProxy(server);
  await proxy.listen();
  return proxy;
}

class RunningProxy implements FaultProxy {
  accepted = 0;
  readonly #target: FaultProxyOptions;
  readonly #links = new Set<Link>();
  readonly #past: Record<Direction, number> = { "to-server": 0, "to-client": 0 };
  #server: Server | undefined;
  #port = 0;
  #fault: Fault = { kind: "pass" };
  #waiters: (() => void)[] = [];

  constructor(target: FaultProxyOptions) {
    this.#target = { host: target.host, port: target.port };
  }

  get address(): { readonly host: string; readonly port: number } {
    return { host: "127.0.0.1", port: this.#port };
  }

  get open(): number {
    return this.#links.size;
  }

  get links(): readonly ProxyLink[] {
    return [...this.#links];
  }

  bytes(direction: Direction): number {
    let sum = this.#past[direction];
    for (const link of this.#links) sum += link.bytes(direction);
    return sum;
  }

  async listen(): Promise<void> {
    // Half-open, so that the end of one direction does not end the other before its bytes are through.
    const server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
    server.listen(this.#port, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address !== null && typeof address === "object") this.#port = address.port;
    this.#server = server;
  }

  async set(fault: Fault): Promise<void> {
    this.#fault = fault;
    for (const link of this.#links) link.set(fault);
    if (fault.kind === "refuse") {
      this.#server?.close();
      this.#server = undefined;
    } else if (this.#server === undefined) {
      await this.listen();
    }
  }

  endAll(ending: Ending = "end"): void {
    for (const link of this.#links) link.end(ending);
  }

  drained(): Promise<void> {
    if (this.#links.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  async close(): Promise<void> {
    for (const link of this.#links) link.destroy();
    this.#server?.close();
    this.#server = undefined;
  }

  #accept(socket: Socket): void {
    this.accepted += 1;
    const fault = this.#fault;
    if (fault.kind === "accept-and-close") {
      socket.on("error", () => undefined);
      if (fault.ending === "reset") resetSocket(socket);
      else socket.end().destroySoon();
      return;
    }
    const silent = fault.kind === "accept-and-hang" || fault.kind === "blackhole";
    const link = new Link(socket, silent ? undefined : this.#target, (closed) => this.#forget(closed));
    this.#links.add(link);
    link.set(fault);
  }

  #forget(link: Link): void {
    this.#links.delete(link);
    for (const direction of ["to-server", "to-client"] as const) this.#past[direction] += link.bytes(direction);
    if (this.#links.size > 0) return;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }
}
