import type { BeginOptions, Isolation } from "@nsj/mdb-core";
import { checkBranches, checkDurable } from "./branch-room.ts";
import { xidOf } from "./branches.ts";
import { refusal } from "./faults.ts";
import type { ServerFacts } from "./server-facts.ts";
import type { Session } from "./session.ts";

/** Begins a transaction, as a branch of XA where it may have to be prepared. */
export async function begin(
  session: Session,
  { isolation, readOnly, branch, decides, limitMs }: BeginOptions,
  facts: ServerFacts,
  levels: readonly Isolation[],
): Promise<void> {
  if (branch !== undefined) await checkBranches(session, facts);
  if (branch !== undefined || decides === true) await checkDurable(session, facts);
  if (isolation !== undefined) {
    if (!levels.includes(isolation)) throw refusal("unsupported", `no level "${isolation}"`);
    await session.text(`set transaction isolation level ${isolation}`);
  }
  const idleLimit =
    branch === undefined || limitMs === undefined ? undefined : Math.ceil(limitMs / 1_000 / step) * step;
  if (idleLimit !== session.idleLimit) await limitIdleness(session, idleLimit);
  const access = readOnly === undefined ? "" : readOnly ? " read only" : " read write";
  if (branch === undefined) {
    await session.text(`start transaction${access}`);
    return;
  }
  if (access !== "") await session.text(`set transaction${access}`);
  const xid = xidOf(branch);
  await session.text(`xa start ${xid}`);
  session.branch = { xid, isPrepared: false };
}

/** Limits are rounded up to these, so that they stay the same from one transaction to the next. */
const step = 15;

/**
 * Nobody else can end what is prepared while its session lives, so a session whose process stands still, or whose machine is gone without a word, must not
 * live for hours. Counts inside a transaction and while one is prepared.
 */
async function limitIdleness(session: Session, seconds: number | undefined): Promise<void> {
  await session.text(`set session idle_transaction_timeout = ${seconds ?? "default"}`);
  session.idleLimit = seconds;
}
