import {
  type Branch,
  type BranchEnd,
  branchIdentifier,
  CommitOutcomeUnknownError,
  type PreparedBranch,
} from "@nsj/mdb-core";
import type { DecidingPart, SpanningPart, Verdict } from "../../../src/session/spanning/protocol.ts";
import type { RecoverableLabel, RecoverableStore } from "../../../src/session/spanning/recovery.ts";

/** One thing that goes wrong with a message: it is lost before it acted, or its answer is. */
export interface Loss {
  readonly message: number;
  readonly when: "before" | "after";
}

/** How the coordinator, or one of its messages, can be stopped. */
export const stops = ["dies before", "dies after", "sleeps", "is late"] as const;

/**
 * Where the coordinator stops: it dies before or after a message has acted, or sleeps through a whole round of recovery before it sends it; or the message
 * itself is held up, until whatever was sent beside it has been answered, and such a round has gone by.
 */
export interface Stop {
  readonly message: number;
  readonly how: (typeof stops)[number];
}

/** What a participant's callback has done. */
export type Touch = "untouched" | "read" | "written";

/** The servers, the network between them and everybody, and what goes wrong there. */
export class World {
  /** Messages so far, of the coordinator and of recovery. */
  count = 0;
  readonly #loss: Loss | undefined;
  readonly #stop: Stop | undefined;
  readonly died = Promise.withResolvers<void>();
  /** A whole round of recovery, while the coordinator sleeps, or a message of it is held up. */
  whileAsleep: () => Promise<unknown> = async () => undefined;
  #isDead = false;
  readonly servers: FakeServer[] = [];

  constructor(loss: Loss | undefined, stop: Stop | undefined) {
    this.#loss = loss;
    this.#stop = stop;
  }

  /** A message of the coordinator's. @param drop - what the server does when its connection is lost */
  async fromCoordinator<T>(act: () => T, drop: () => void): Promise<T> {
    const number = this.count++;
    const stop = this.#stop?.message === number ? this.#stop.how : undefined;
    if (this.#isDead) return new Promise<never>(() => undefined);
    if (stop === "is late") await new Promise((resolve) => setImmediate(resolve));
    if (stop === "sleeps" || stop === "is late") await this.whileAsleep();
    if (stop === "dies before") return this.#die();
    const result = this.#carry(number, act, drop);
    if (stop === "dies after") return this.#die();
    return result();
  }

  /** A message of recovery's. */
  async fromRecovery<T>(act: () => T): Promise<T> {
    return this.#carry(this.count++, act, () => undefined)();
  }

  /** Carries a message to its server; what is given carries the answer back. */
  #carry<T>(number: number, act: () => T, drop: () => void): () => T {
    const lost = this.#loss?.message === number ? this.#loss.when : undefined;
    const gone = (): never => {
      drop();
      throw new Lost();
    };
    if (lost === "before") return gone;
    let answer: () => T;
    try {
      const value = act();
      answer = () => value;
    } catch (error) {
      answer = () => {
        throw error;
      };
    }
    return lost === "after" ? gone : answer;
  }

  #die(): Promise<never> {
    this.#isDead = true;
    for (const server of this.servers) server.drop();
    this.died.resolve();
    return new Promise<never>(() => undefined);
  }
}

/** A connection that was lost. */
export class Lost extends Error {}

/** One server: what it knows of the one transaction that there is. */
export class FakeServer implements RecoverableLabel {
  readonly label: string;
  readonly engine = "fake";
  readonly branch: Branch;
  readonly world: World;
  status: "none" | "active" | "prepared" | "committed" | "rolled back" | "ended";
  readonly hasWritten: boolean;

  constructor(world: World, label: string, number: number, touch: Touch) {
    this.world = world;
    this.label = label;
    this.branch = { store: "store000000", transaction: "transaction00000000000", number };
    this.status = touch === "untouched" ? "none" : "active";
    this.hasWritten = touch === "written";
    world.servers.push(this);
  }

  /** The connection of the coordinator is lost. */
  drop(): void {
    if (this.status === "active") this.status = "rolled back";
  }

  mustBeActive(): void {
    if (this.status !== "active") throw new Error(`${this.label}: the transaction is ${this.status}`);
  }

  end(end: BranchEnd): "done" | "gone" {
    if (this.status !== "prepared") return "gone";
    this.status = end === "commit" ? "committed" : "rolled back";
    return "done";
  }

  list(): Promise<readonly PreparedBranch[]> {
    const { branch } = this;
    return this.world.fromRecovery(() =>
      this.status === "prepared" ? [{ branch, identifier: branchIdentifier(branch) }] : [],
    );
  }

  finish(_: Branch, end: BranchEnd): Promise<"done" | "gone"> {
    return this.world.fromRecovery(() => this.end(end));
  }
}

/** The coordinator's side of a server. */
export class FakePart implements SpanningPart {
  mayBePrepared = false;
  protected readonly server: FakeServer;

  constructor(server: FakeServer) {
    this.server = server;
  }

  get label(): string {
    return this.server.label;
  }

  get state(): SpanningPart["state"] {
    if (this.server.status === "none") return "untouched";
    return this.server.hasWritten ? "written" : "seems read";
  }

  async vote(): Promise<"prepared" | "read-only"> {
    try {
      return await this.send(() => {
        this.server.mustBeActive();
        this.server.status = this.server.hasWritten ? "prepared" : "ended";
        return this.server.hasWritten ? "prepared" : "read-only";
      });
    } catch (error) {
      this.mayBePrepared = error instanceof Lost;
      throw error;
    }
  }

  async commit(): Promise<void> {
    try {
      await this.send(() => {
        this.server.mustBeActive();
        this.committing();
        this.server.status = "committed";
      });
    } catch (error) {
      if (error instanceof Lost) throw new CommitOutcomeUnknownError("lost", { cause: error });
      throw error;
    }
  }

  /** What else becomes true with its commit. */
  protected committing(): void {}

  async rollback(): Promise<void> {
    await this.send(() => this.server.drop()).catch(() => undefined);
  }

  finish(end: BranchEnd): Promise<"done" | "gone" | "busy"> {
    return this.send(() => this.server.end(end));
  }

  protected send<T>(act: () => T): Promise<T> {
    return this.server.world.fromCoordinator(act, () => this.server.drop());
  }
}

/** The decider's side, and its store. */
export class FakeDecider extends FakePart implements DecidingPart, RecoverableStore {
  /** The row that others see. */
  row: "C" | "R" | undefined;
  readonly #isFenced: boolean;
  #hasDecided = false;
  /** A note of who takes part, as others see it. */
  isNoted = false;

  constructor(server: FakeServer, isFenced: boolean) {
    super(server);
    this.#isFenced = isFenced;
  }

  /** A transaction of its own, before anything is begun. */
  note(): Promise<void> {
    return this.#setNote(true);
  }

  /** Nothing is left. */
  over(): Promise<void> {
    return this.#setNote(false);
  }

  #setNote(isNoted: boolean): Promise<void> {
    const act = (): void => {
      this.isNoted = isNoted;
    };
    return this.server.world.fromCoordinator(act, () => undefined);
  }

  /** What recovery reads, before it looks into the databases that are noted. */
  readNote(): Promise<{ readonly isNoted: boolean; readonly decision: Verdict }> {
    return this.server.world.fromRecovery(() => ({
      isNoted: this.isNoted,
      decision: this.row === "C" ? "committed" : this.row === "R" ? "rolled back" : "undecided",
    }));
  }

  decide(): Promise<void> {
    return this.send(() => {
      if (this.server.status === "none") this.server.status = "active";
      this.server.mustBeActive();
      if (this.row !== undefined) {
        this.server.drop();
        throw new Error("a row with this key exists already");
      }
      this.#hasDecided = true;
    });
  }

  protected override committing(): void {
    if (this.#hasDecided) this.row = "C";
  }

  /** The row of a transaction that is still open is waited for. */
  #ask(): Verdict {
    if (this.#hasDecided && this.server.status === "active") return "undecided";
    if (this.row === undefined && this.#isFenced) this.row = "R";
    return this.row === "C" ? "committed" : "rolled back";
  }

  fence(): Promise<Verdict> {
    return this.server.world.fromRecovery(() => this.#ask());
  }

  async verdict(): Promise<Verdict> {
    try {
      return await this.server.world.fromCoordinator(
        () => this.#ask(),
        () => undefined,
      );
    } catch {
      return "undecided";
    }
  }
}
