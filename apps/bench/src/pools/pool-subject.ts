/** Where the contestants get their connections from. */
export interface ConnectionMaker {
  /** Opens one; rejects when the made-up database is down. */
  connect(): Promise<FakeConnection>;
}

/** Something that a pool can hold. */
export interface FakeConnection {
  /** Sends a made-up statement. */
  work(): Promise<void>;
}

/** A pool as its contestant opens it. */
export interface PoolSubject {
  /** Takes a connection, works with it, and gives it back. */
  use(work: (connection: FakeConnection) => Promise<void>): Promise<void>;
  /** Takes a connection and gives it back at once, so many times, one after another. */
  cycle(times: number): Promise<void>;
  /** The same, by so many callers at once; each holds its connection for one turn of the microtask queue. */
  contend(callers: number, times: number): Promise<void>;
  close(): Promise<void>;
}

/** How a pool is opened. */
export interface PoolContestant {
  readonly name: string;
  open(maker: ConnectionMaker, max: number): PoolSubject;
}

/** Opens connections that answer at once. */
export const instantMaker: ConnectionMaker = {
  async connect() {
    return { work: async () => undefined };
  },
};
