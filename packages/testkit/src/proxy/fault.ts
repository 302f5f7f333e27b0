/** Which way bytes go. */
export type Direction = "to-server" | "to-client";

/** How a link ends: `"end"` as a clean end of stream (FIN), `"reset"` as a TCP reset. */
export type Ending = "end" | "reset";

/** What the proxy does to its links. */
export type Fault =
  /** Forwards everything as it comes. */
  | { readonly kind: "pass" }
  /** Nobody listens: new connections are refused. Links that exist go on. */
  | { readonly kind: "refuse" }
  /** A network that drops everything: nothing is forwarded or ended, on new and existing links alike. */
  | { readonly kind: "blackhole" }
  /** New connections are accepted and closed at once. */
  | { readonly kind: "accept-and-close"; readonly ending?: Ending }
  /** New connections are accepted and never answered. Links that exist go on. */
  | { readonly kind: "accept-and-hang" }
  /** Each chunk arrives this much later, in each direction. */
  | { readonly kind: "latency"; readonly milliseconds: number }
  /** Bytes arrive in pieces of this size, each by itself. */
  | { readonly kind: "trickle"; readonly bytes: number }
  /** Lets that many more bytes pass in this direction on each link; the first byte behind them ends the link, undelivered. */
  | { readonly kind: "cut"; readonly direction: Direction; readonly afterBytes: number; readonly ending?: Ending }
  /** Bytes in this direction are kept back until another fault is set, or the client says goodbye. */
  | { readonly kind: "hold"; readonly direction: Direction }
  /** The server sees its links end, the clients are told nothing. */
  | { readonly kind: "half-open" };

/** Under this fault nothing is forwarded, not even the end of a link. */
export function isSilent(fault: Fault): boolean {
  return fault.kind === "blackhole" || fault.kind === "half-open";
}
