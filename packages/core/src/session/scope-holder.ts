import type { Holder, LeaseSite } from "../pool/index.ts";

/** Who holds or waits for connections: a transaction, a session, a single statement. */
export class ScopeHolder implements Holder {
  readonly parent: Holder | undefined;
  readonly describe: string | undefined;
  leases = 0;
  waits: LeaseSite[] | undefined = undefined;
  busy = 0;
  activeAt: number;

  constructor(parent: Holder | undefined, describe: string, now: number) {
    this.parent = parent;
    this.describe = describe;
    this.activeAt = now;
  }
}
