import type { Socket } from "node:net";
import { type Direction, type Fault, isSilent } from "./fault.ts";

/** One direction of one link: reads from one socket, treats the bytes as the fault says, and writes to the other. */
export class Pipe {
  /** Bytes that were handed on. */
  bytes = 0;
  readonly #direction: Direction;
  readonly #source: Socket;
  readonly #sink: Socket;
  readonly #cut: (fault: Fault) => void;
  #fault: Fault = { kind: "pass" };
  /** How many bytes may still pass; the next one brings the cut. */
  #left = Number.POSITIVE_INFINITY;
  #isCut = false;
  /** Bytes that wait, and whether the end of the source waits behind them. */
  #waiting: Buffer[] = [];
  #ended = false;
  #timers = new Set<NodeJS.Timeout | NodeJS.Immediate>();

  constructor(direction: Direction, source: Socket, sink: Socket, cut: (fault: Fault) => void) {
    this.#direction = direction;
    this.#source = source;
    this.#sink = sink;
    this.#cut = cut;
    source.on("data", (chunk: Buffer) => this.#take(chunk));
    source.on("end", () => {
      this.#ended = true;
      this.#pump();
    });
    sink.on("drain", () => source.resume());
  }

  set(fault: Fault): void {
    const held = this.#fault.kind === "hold" && fault.kind !== "hold";
    this.#fault = fault;
    this.#left =
      fault.kind === "cut" && fault.direction === this.#direction ? fault.afterBytes : Number.POSITIVE_INFINITY;
    if (!held) return;
    this.#source.resume();
    this.#pump();
  }

  /** Hands on what was held back: whom it was kept from has said goodbye. */
  release(): void {
    if (this.#fault.kind === "hold") this.set({ kind: "pass" });
  }

  stop(): void {
    for (const timer of this.#timers) {
      clearTimeout(timer as NodeJS.Timeout);
      clearImmediate(timer as NodeJS.Immediate);
    }
    this.#timers.clear();
    this.#waiting = [];
  }

  #take(chunk: Buffer): void {
    if (isSilent(this.#fault)) return;
    this.#waiting.push(chunk);
    this.#pump();
  }

  #pump(): void {
    const fault = this.#fault;
    if (fault.kind === "hold" && fault.direction === this.#direction) {
      // What is kept back must not grow without end, or a sender would never notice that nobody reads.
      if (this.#waiting.length > 16) this.#source.pause();
      return;
    }
    if (fault.kind === "latency") {
      // One timer per chunk keeps their order: timers of one duration fire in the order in which they were set.
      this.#later((run) => setTimeout(run, fault.milliseconds));
    } else if (fault.kind === "trickle") {
      if (this.#timers.size === 0) this.#later((run) => setImmediate(run));
    } else {
      while (this.#waiting.length > 0) this.#deliver(this.#waiting.shift());
      this.#finish();
    }
  }

  #later(schedule: (run: () => void) => NodeJS.Timeout | NodeJS.Immediate): void {
    const timer = schedule(() => {
      this.#timers.delete(timer);
      const chunk = this.#waiting.shift();
      if (this.#fault.kind === "trickle" && chunk !== undefined && chunk.length > this.#fault.bytes) {
        this.#waiting.unshift(chunk.subarray(this.#fault.bytes));
        this.#deliver(chunk.subarray(0, this.#fault.bytes));
      } else {
        this.#deliver(chunk);
      }
      if (this.#fault.kind !== "latency" && this.#waiting.length > 0) this.#pump();
      else this.#finish();
    });
    this.#timers.add(timer);
  }

  #deliver(chunk: Buffer | undefined): void {
    if (chunk === undefined || this.#isCut || this.#sink.destroyed || !this.#sink.writable) return;
    const fits = chunk.length <= this.#left;
    const piece = fits ? chunk : chunk.subarray(0, this.#left);
    this.#left -= piece.length;
    this.bytes += piece.length;
    if (!fits) {
      this.#isCut = true;
      // The bytes before the cut must have left this process, also where the link ends with a reset.
      this.#sink.write(piece, () => this.#cut(this.#fault));
    } else if (!this.#sink.write(piece)) {
      this.#source.pause();
    }
  }

  #finish(): void {
    if (this.#ended && !isSilent(this.#fault) && this.#waiting.length === 0 && !this.#sink.destroyed) this.#sink.end();
  }
}
