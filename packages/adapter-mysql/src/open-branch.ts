/** A transaction of XA on a session. */
export interface OpenBranch {
  readonly xid: string;
  /** Until then its session can do nothing else, and nobody else can end it. */
  isPrepared: boolean;
}
