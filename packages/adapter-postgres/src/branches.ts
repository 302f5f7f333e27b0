import {
  type Branch,
  type BranchEnd,
  branchIdentifier,
  DriverFault,
  type PreparedBranch,
  readBranchIdentifier,
  type Vote,
} from "@nsj/mdb-core";
import type { NativeError } from "./native.ts";
import type { Session } from "./session.ts";

/**
 * Ends the open transaction as prepared; one that has done nothing that others could notice ends by itself.
 *
 * @see https://www.postgresql.org/docs/current/sql-prepare-transaction.html
 */
export async function prepareBranch(session: Session, branch: Branch): Promise<Vote> {
  const { trace } = session;
  if (session.unhold()) return { vote: "read-only" };
  if (trace.isBehind && session.txStatus === "active") await session.openNow();
  if (trace.didNothing && session.txStatus === "active") {
    await ending(session, "COMMIT", "COMMIT");
    return { vote: "read-only" };
  }
  const ahead = session.role === undefined ? "" : asLogin;
  await ending(session, `${ahead}PREPARE TRANSACTION ${literal(branch)}`, "PREPARE TRANSACTION");
  const { number } = trace;
  return { vote: "prepared", ...(typeof number === "string" && { native: number }) };
}

/**
 * Only the role that has prepared can finish, and recovery comes as the login. What is deferred is checked before that, in the role that has done the work, as it
 * would be at COMMIT.
 */
const asLogin = "SET CONSTRAINTS ALL IMMEDIATE; RESET ROLE; ";

/** Sends what has to end the transaction. A failed transaction is rolled back by it, which the server does not call an error. */
async function ending(session: Session, text: string, expected: string): Promise<void> {
  let tag: string;
  try {
    ({ tag } = await session.command(text));
  } catch (error) {
    const { link } = session;
    if (link.alive && session.txStatus !== "idle") await session.command("ROLLBACK");
    throw link.alive ? await explained(session, error) : error;
  }
  if (tag === expected) return;
  const message = "the server has rolled the transaction back, because a statement of it had failed";
  throw new DriverFault(message, { kind: "transaction-aborted", executed: "yes" });
}

/** "Not in the prerequisite state" is what the server says where it keeps no room for prepared transactions. */
async function explained(session: Session, error: unknown): Promise<unknown> {
  if ((error as NativeError).code !== "55000") return error;
  return (await hasRoom(session)) ? error : disabled("yes", error);
}

async function hasRoom(session: Session): Promise<boolean> {
  const { result } = await session.command("select pg_catalog.current_setting('max_prepared_transactions')");
  return String(result.rows[0]?.[0]) !== "0";
}

function disabled(executed: "yes" | "no", cause?: unknown): DriverFault {
  const message =
    "prepared transactions are disabled on this server; set max_prepared_transactions to at least max_connections and restart it";
  return new DriverFault(message, { kind: "unsupported", executed, sqlState: "55000" }, cause);
}

/** Whether a server can prepare, asked once for all connections of a definition: it changes by a restart only, and PREPARE tells too. */
export class BranchRoom {
  #isKnown = false;

  /** Undefined where nothing has to be asked. @throws DriverFault before anything of a transaction is sent that could not be prepared */
  check(session: Session): Promise<void> | undefined {
    return this.#isKnown ? undefined : this.#ask(session);
  }

  async #ask(session: Session): Promise<void> {
    if (!(await hasRoom(session))) throw disabled("no");
    this.#isKnown = true;
  }
}

/** Ends a prepared transaction of this database. */
export async function finishPrepared(
  session: Session,
  branch: Branch,
  end: BranchEnd,
): Promise<"done" | "gone" | "busy"> {
  const [verb, tag] = end === "commit" ? ["COMMIT", "COMMIT PREPARED"] : ["ROLLBACK", "ROLLBACK PREPARED"];
  try {
    const answer = await session.command(`${verb} PREPARED ${literal(branch)}`);
    if (answer.tag !== tag)
      throw new DriverFault(`the server answered ${answer.tag}`, { kind: "other", executed: "maybe" });
    return "done";
  } catch (error) {
    switch ((error as NativeError).code) {
      case "42704": // undefined_object: no such identifier
        return "gone";
      case "55000": // object_not_in_prerequisite_state: another session is at it
        return "busy";
      default:
        throw error;
    }
  }
}

// The view is one of the whole cluster, and a transaction can be finished from its own database only.
const listText = `select gid, (extract(epoch from prepared) * 1000)::pg_catalog.float8
  from pg_catalog.pg_prepared_xacts where database = pg_catalog.current_database() order by prepared`;

/** What is prepared in this database, of whoever. */
export async function listPrepared(session: Session): Promise<readonly PreparedBranch[]> {
  const { rows } = await session.statement({ text: listText, values: [], types: undefined, key: listText }, false);
  return rows.map(([gid, preparedAt]) => {
    const identifier = String(gid);
    const branch = readBranchIdentifier(identifier);
    return { identifier, preparedAt: Number(preparedAt), ...(branch !== undefined && { branch }) };
  });
}

/** Of the branches that are not finished: each is named twice. */
const literals = new WeakMap<Branch, string>();

function literal(branch: Branch): string {
  const known = literals.get(branch);
  if (known !== undefined) return known;
  const made = checkedLiteral(branch);
  literals.set(branch, made);
  return made;
}

/** Letters, digits and colons only: nothing in it could end the text. */
function checkedLiteral(branch: Branch): string {
  const identifier = branchIdentifier(branch);
  if (readBranchIdentifier(identifier) === undefined)
    throw new RangeError("the parts of a branch are letters and digits");
  return `'${identifier}'`;
}
