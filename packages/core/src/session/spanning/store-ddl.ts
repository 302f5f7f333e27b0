import type { DialectFacts } from "../../driver/index.ts";
import { UndefinedObjectError, UniqueViolationError, UnsupportedError } from "../../errors/index.ts";
import { sql } from "../../sql/index.ts";
import { type DatabaseContext, nameOf } from "../database-context.ts";
import { runInScope } from "../scope.ts";
import { newStoreId, outside, readStoreId } from "./decision-store.ts";

/**
 * The tables of a store of decisions, for whoever may create them. `mdb_members` is written only where one of many databases behind a label takes part. The one row of `mdb_store` names the store: after a database was copied, the
 * copy needs a name of its own.
 */
export function storeDdl({ dialect }: DatabaseContext, id = newStoreId()): readonly string[] {
  const { store, decisions, members } = tables(dialect);
  return [store, decisions, members, `insert into mdb_store (slot, id) values (1, '${id}')`];
}

function tables({ columnTypes }: DialectFacts): Readonly<Record<"store" | "decisions" | "members", string>> {
  const moment = `${columnTypes?.moment ?? "timestamp"} default current_timestamp not null`;
  const end = columnTypes?.afterColumns === undefined ? "" : ` ${columnTypes.afterColumns}`;
  return {
    store: `create table mdb_store (slot integer not null primary key, id varchar(11) not null)${end}`,
    decisions: `create table mdb_decisions (id varchar(22) not null primary key, outcome char(1) not null, branches varchar(4000) not null, decided_at ${moment})${end}`,
    members: `create table mdb_members (id varchar(22) not null primary key, members varchar(4000) not null, limit_ms integer not null, noted_at ${moment})${end}`,
  };
}

/** Creates what is missing of the store. May be called again, also by several processes at once. Gives the store's name. */
export async function prepareStore(context: DatabaseContext, limitMs: number): Promise<string> {
  if (context.permanent) {
    const message = `${nameOf(context)}: a database in memory is gone with its process, and cannot keep decisions`;
    throw new UnsupportedError(message, { database: context.database, engine: context.engine });
  }
  return runInScope(undefined, async () => {
    const executor = outside(context);
    const options = { timeoutMs: limitMs };
    const { store, decisions, members } = tables(context.dialect);
    await createUnlessThere("mdb_store", store);
    await createUnlessThere("mdb_decisions", decisions);
    await createUnlessThere("mdb_members", members);
    try {
      const known = await readStoreId(context, limitMs);
      if (known !== undefined) return known;
      const id = newStoreId();
      await executor.execute(sql`insert into mdb_store (slot, id) values (1, ${id})`, options);
      return id;
    } catch (error) {
      if (!(error instanceof UniqueViolationError)) throw error;
    }
    return (await readStoreId(context, limitMs)) as string;

    async function createUnlessThere(table: string, text: string): Promise<void> {
      if (await isThere(table)) return;
      try {
        await executor.execute(text, [], options);
      } catch (error) {
        // Somebody else was quicker.
        if (!(await isThere(table))) throw error;
      }
    }

    async function isThere(table: string): Promise<boolean> {
      try {
        await executor.query(`select 1 as one from ${table} where 1 = 0`, [], options);
        return true;
      } catch (error) {
        if (error instanceof UndefinedObjectError) return false;
        throw error;
      }
    }
  });
}
