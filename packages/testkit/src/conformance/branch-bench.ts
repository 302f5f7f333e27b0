import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import type { Branch, BranchEnd, DriverConnection, PreparedBranch } from "@nsj/mdb-core";
import type { Bench } from "./bench.ts";
import { soon } from "./wait.ts";

/** A connection that prepares, and a table with the row 1 for it. */
export interface BranchBench {
  readonly connection: DriverConnection;
  readonly table: string;
  /** A name that nobody has used. */
  branch(): Branch;
  begin(branch: Branch): Promise<void>;
  /** Prepares a transaction of this statement on a connection that is closed then; it adds the row 2 by default. */
  prepared(text?: string, branch?: Branch): Promise<Branch>;
  /** The same on a connection that stays open. */
  holding(text?: string, branch?: Branch): Promise<Holding>;
  /** Ends a prepared branch; asks again as long as somebody else is at it, or its session has not gone yet. */
  finished(connection: DriverConnection, branch: Branch, end: BranchEnd): Promise<"done" | "gone" | undefined>;
  /** The prepared branch in the list that this connection gives. */
  listed(connection: DriverConnection, branch: Branch): Promise<PreparedBranch | undefined>;
  /** The rows of the table from 2 on, as this connection sees them. */
  ids(connection: DriverConnection): Promise<readonly string[]>;
  /** Proves that nothing of a transaction is left that was not prepared. */
  isClean(branch: Branch): Promise<void>;
}

/** A connection that has prepared a branch. */
export interface Holding {
  readonly connection: DriverConnection;
  readonly branch: Branch;
  readonly native: string;
}

export async function branchBench(bench: Bench, given?: DriverConnection): Promise<BranchBench> {
  const connection = given ?? (await bench.connect());
  const fixture = await bench.connect();
  const table = await bench.table(fixture, `id ${bench.subject.types.integer} primary key`);
  await bench.run(fixture, `insert into ${table} (id) values (1)`);
  const ids = (on: DriverConnection) => bench.texts(on, `select id from ${table} where id > 1 order by id`);
  const listed = async (on: DriverConnection, { store, transaction, number }: Branch) =>
    (await on.listPrepared?.(soon()))?.find(
      ({ branch }) => branch?.store === store && branch.transaction === transaction && branch.number === number,
    );
  const beginOn = async (on: DriverConnection, branch: Branch) =>
    on.begin({ branch, traceable: bench.capabilities.fates === true });
  const holding = async (text = `insert into ${table} (id) values (2)`, branch = newBranch()): Promise<Holding> => {
    const own = await bench.connect();
    await beginOn(own, branch);
    await bench.run(own, text);
    const answer = await own.prepareBranch?.(branch);
    assert.equal(answer?.vote, "prepared");
    assert.equal(own.txStatus, "idle", "idle once it is prepared");
    return { connection: own, branch, native: answer?.native ?? "" };
  };
  return {
    connection,
    table,
    ids,
    listed,
    begin: (branch) => beginOn(connection, branch),
    branch: newBranch,
    holding,
    async prepared(text, branch) {
      const held = await holding(text, branch);
      await held.connection.close(soon());
      return held.branch;
    },
    async finished(on, branch, end) {
      let answer: "done" | "gone" | "busy" | undefined = "busy";
      await bench.eventually(async () => {
        answer = await on.finishPrepared?.(branch, end);
        return answer !== "busy";
      }, "the branch can be finished");
      return answer === "busy" ? undefined : answer;
    },
    async isClean(branch) {
      await bench.works(connection);
      assert.equal(await listed(connection, branch), undefined, "nothing is prepared");
      assert.deepEqual(await ids(connection), [], "nothing is kept");
    },
  };
}

function newBranch(): Branch {
  return { store: letters(11), transaction: letters(22), number: 1 + randomInt(9) };
}

function letters(count: number): string {
  return Array.from({ length: count }, () => randomInt(36).toString(36)).join("");
}
