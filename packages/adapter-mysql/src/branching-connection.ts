import type { Branch, BranchEnd, OperationContext, PreparedBranch, Vote } from "@nsj/mdb-core";
import { finishPrepared, listPrepared, prepareBranch } from "./branches.ts";
import { MysqlConnection } from "./connection.ts";

/** A connection to a server whose prepared transactions outlive their sessions. */
export class BranchingConnection extends MysqlConnection {
  prepareBranch(branch: Branch): Promise<Vote> {
    return this.session.operate(() => prepareBranch(this.session, branch));
  }

  finishPrepared(branch: Branch, end: BranchEnd): Promise<"done" | "gone" | "busy"> {
    return this.session.operate(() => finishPrepared(this.session, branch, end));
  }

  listPrepared(context: OperationContext): Promise<readonly PreparedBranch[]> {
    return this.bounded(context, () => this.session.operate(() => listPrepared(this.session)));
  }
}
