import type { Holder, LeaseSite } from "../../src/pool/index.ts";

/** A scope of the session layer, as far as a pool sees one. It does nothing unless a test says so. */
export class TestScope implements Holder {
  readonly parent: Holder | undefined;
  readonly describe: string | undefined;
  leases = 0;
  waits: LeaseSite[] | undefined = undefined;
  busy = 0;
  activeAt = 0;

  constructor(parent?: Holder, describe?: string) {
    this.parent = parent;
    this.describe = describe;
  }
}
