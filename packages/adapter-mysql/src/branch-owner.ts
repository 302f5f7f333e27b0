import type { Branch } from "@nsj/mdb-core";
import type { Session } from "./session.ts";

/**
 * For how long a session is waited for whose lock is free, in seconds. It is over but for the last step of the server's thread, which takes some
 * microseconds and shows nowhere.
 */
const lastStep = 0.05;

/**
 * A lock that tells whether the session that has prepared a branch is gone, which `XA COMMIT` does not: while MariaDB takes a session apart it lets others
 * commit its branch, says that it has, and leaves the rows as they are and locked, with nobody to find the branch before the server starts again (seen on
 * 10.11: 9 of 1 600). A session gives its locks back after it has offered its branch and just before its transaction is there for others.
 *
 * @see https://mariadb.com/kb/en/get_lock/
 */
export async function holdBranch(session: Session, branch: Branch): Promise<void> {
  const name = lockName(branch);
  const before = session.branchLock;
  // That of the last branch goes with the same message.
  const released = before === undefined ? "" : `release_lock(${before}), `;
  await session.text(`do ${released}get_lock(${name}, 0)`);
  session.branchLock = name;
}

/** Runs `work` where the session that has prepared a branch is gone for certain; `undefined` where it is not. */
export async function withoutOwner<T>(
  session: Session,
  branch: Branch,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const name = lockName(branch);
  const [answer] = await session.text(`select get_lock(${name}, 0)`);
  if (Number(answer?.rows[0]?.[0]) !== 1) return undefined;
  try {
    await session.text(`do sleep(${lastStep})`);
    return await work();
  } finally {
    if (session.link.alive) await session.text(`do release_lock(${name})`);
  }
}

function lockName({ transaction, number }: Branch): string {
  return `'mdb:${transaction}:${number}'`;
}
