import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import type { Branch, DriverConnection, PreparedBranch } from "@nsj/mdb-core";
import type { Bench } from "./bench.ts";
import { soon } from "./wait.ts";

/** A connection that prepares, and a table with the row 1 for it. */
export interface BranchBench {
  readonly connection: DriverConnection;
  readonly table: string;
  /** A name that nobody has used. */
  branch(): Branch;
  begin(branch: Branch): Promise<void>;
  /** Prepares a transaction of this statement; it adds the row 2 by default. */
  prepared(text?: string, branch?: Branch): Promise<Branch>;
  /** The prepared branch in the list that this connection gives. */
  listed(connection: DriverConnection, branch: Branch): Promise<PreparedBranch | undefined>;
  /** The rows of the table from 2 on, as this connection sees them. */
  ids(connection: DriverConnection): Promise<readonly string[]>;
  /** Proves that nothing of a transaction is left that was not prepared. */
  isClean(branch: Branch): Promise<void>;
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
  const begin = async (branch: Branch) => connection.begin({ branch, traceable: bench.capabilities.fates === true });
  return {
    connection,
    table,
    ids,
    listed,
    begin,
    branch: newBranch,
    async prepared(text = `insert into ${table} (id) values (2)`, branch = newBranch()) {
      await begin(branch);
      await bench.run(connection, text);
      const answer = await connection.prepareBranch?.(branch);
      assert.equal(answer?.vote, "prepared");
      assert.equal(connection.txStatus, "idle", "idle once it is prepared");
      return branch;
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
