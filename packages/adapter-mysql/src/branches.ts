import { type Branch, branchIdentifier, DriverFault, type PreparedBranch, readBranchIdentifier } from "@nsj/mdb-core";
import { holdBranch, withoutOwner } from "./branch-owner.ts";
import { serverCode } from "./errors.ts";
import { refusal } from "./faults.ts";
import type { OpenBranch } from "./open-branch.ts";
import type { Session } from "./session.ts";

/** "mdb1": the number by which our identifiers are told from those of others. */
const format = 0x6d646231;

/** XAER_NOTA: no such identifier; also where it is of another session that lives. */
const unknownXid = 1397;

/** XA_RBROLLBACK, XA_RBTIMEOUT, XA_RBDEADLOCK: the server has rolled it back by itself, and forgets it by saying so. */
const rolledBack: ReadonlySet<number | undefined> = new Set([1402, 1613, 1614]);

/** An identifier as the server's statements take it. Letters, digits and colons only: nothing in it could end a text. */
export function xidOf(branch: Branch): string {
  if (readBranchIdentifier(branchIdentifier(branch)) === undefined)
    throw new RangeError("the parts of a branch are letters and digits");
  return `'${branch.store}:${branch.transaction}','${branch.number}',${format}`;
}

/** Commits in one phase. */
export async function commitBranch(session: Session, { xid }: OpenBranch): Promise<void> {
  await session.text(`xa end ${xid}`);
  await session.text(`xa commit ${xid} one phase`);
  session.branch = undefined;
}

/** Rolls back in whatever state it is. */
export async function rollbackBranch(session: Session, { xid }: OpenBranch): Promise<void> {
  await session.text(`xa end ${xid}`).catch((error: unknown) => {
    // It has ended already, or the server has rolled it back and says so.
    if (serverCode(error) === undefined) throw error;
  });
  try {
    await session.text(`xa rollback ${xid}`);
  } catch (error) {
    if (serverCode(error) !== unknownXid && !rolledBack.has(serverCode(error))) throw error;
  }
  session.branch = undefined;
}

/** Ends the branch of this session as prepared. */
export async function prepareBranch(session: Session, branch: Branch): Promise<{ readonly vote: "prepared" }> {
  const { branch: open, link } = session;
  if (open === undefined || open.isPrepared || open.xid !== xidOf(branch)) {
    throw refusal("other", "the open transaction was not begun as this branch");
  }
  if (!session.state.inTransaction) {
    await rollbackBranch(session, open);
    throw new DriverFault("the server has rolled the transaction back by itself", {
      kind: "transaction-aborted",
      executed: "yes",
    });
  }
  try {
    await holdBranch(session, branch);
    await session.text(`xa end ${open.xid}`);
    await session.text(`xa prepare ${open.xid}`);
  } catch (error) {
    // An order to stop can hit either of the two: what is not certainly rolled back is lost with its connection, and told as that.
    await rollbackBranch(session, open).catch((why: unknown) =>
      link.fail(DriverFault.lost("what was to be prepared could not be rolled back", why)),
    );
    throw link.alive ? error : DriverFault.lost("nobody knows whether the transaction is prepared", error);
  }
  open.isPrepared = true;
  return { vote: "prepared" };
}

/** Ends a prepared branch of any session that is gone, or of this one. */
export async function finishPrepared(
  session: Session,
  branch: Branch,
  end: "commit" | "rollback",
): Promise<"done" | "gone" | "busy"> {
  const xid = xidOf(branch);
  const isOwn = session.branch?.xid === xid;
  if (session.branch !== undefined && !isOwn) throw heldBack();
  try {
    const finish = () => session.text(`xa ${end} ${xid}`);
    const finished = isOwn ? await finish() : await withoutOwner(session, branch, finish);
    if (finished === undefined) return await busyOrGone(session, xid);
  } catch (error) {
    const code = serverCode(error);
    const hasRolledBack = rolledBack.has(code);
    if (code !== unknownXid && !hasRolledBack) throw error;
    if (isOwn) session.branch = undefined;
    // One that has only read ends like this once its session is gone.
    if (hasRolledBack) return end === "rollback" ? "done" : "gone";
    return await busyOrGone(session, xid);
  }
  if (isOwn) session.branch = undefined;
  return "done";
}

/** The server says the same of a branch that is finished and of one that its session holds. */
async function busyOrGone(session: Session, xid: string): Promise<"busy" | "gone"> {
  const list = await listPrepared(session);
  return list.some((it) => it.branch !== undefined && xidOf(it.branch) === xid) ? "busy" : "gone";
}

/** What is prepared on the server, of whoever, whichever databases it has written to. */
export async function listPrepared(session: Session): Promise<readonly PreparedBranch[]> {
  const [answer] = await session.text("xa recover");
  return (answer?.rows ?? []).map(([number, length, , data]) => {
    const bytes = typeof data === "string" ? Buffer.from(data) : Buffer.from(data as Uint8Array);
    const global = bytes.subarray(0, Number(length));
    const own = bytes.subarray(Number(length));
    const identifier = [literal(global), literal(own), String(number)].join();
    const branch =
      Number(number) === format ? readBranchIdentifier(`mdb1:${global.toString()}:${own.toString()}`) : undefined;
    return { identifier, ...(branch !== undefined && { branch }) };
  });
}

/** As `XA ROLLBACK` takes it. */
function literal(bytes: Buffer): string {
  const text = bytes.toString("latin1");
  return /^[ -&(-[\]-~]*$/.test(text) ? `'${text}'` : `X'${bytes.toString("hex")}'`;
}

/** Nothing of it was sent. */
export function heldBack(): DriverFault {
  return refusal("other", "the connection holds a prepared transaction, which has to be finished first");
}
