import { renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { ConnectionLostError, type Database, DatabaseManager, UndefinedObjectError } from "@nsj/mdb-core";
import { describe, expect, it, onTestFinished } from "vitest";
import { journalModes, sqlite } from "../src/index.ts";
import { temporaryDirectory } from "./support/database.ts";

/** A database with a table and one row, which says whose it is. */
async function database(filename: string, owner: string, pragmas = {}): Promise<Database> {
  const databases = new DatabaseManager({ main: sqlite({ filename, ...pragmas, pool: { max: 2 } }) });
  onTestFinished(() => databases.close());
  const main = databases.database("main");
  await main.execute("create table if not exists t (owner text)");
  await main.execute("insert into t values (:owner)", { owner });
  return main;
}

const owners = (main: Database) => main.query<{ owner: string }>("select owner from t order by owner");

/** Removes a file with what SQLite keeps beside it. */
function remove(file: string): void {
  for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(`${file}${suffix}`, { force: true });
}

/** Puts a backup in the place of a file, as somebody who restores it does. */
async function restore(file: string): Promise<void> {
  const backup = await database(`${file}.backup`, "backup", { journalMode: "delete" });
  await backup.execute("pragma user_version = 1");
  remove(file);
  renameSync(`${file}.backup`, file);
}

describe("a file that is not there any more", () => {
  it.each(journalModes.filter((it) => it === "wal" || it === "delete"))(
    "takes no write that would be gone with it, with journalMode %s",
    async (journalMode) => {
      const file = join(temporaryDirectory(), "test.db");
      const main = await database(file, "old", { journalMode });
      remove(file);
      const error: unknown = await main.execute("insert into t values ('lost')").catch((it: unknown) => it);
      expect(error).toBeInstanceOf(Error);
      // It is a new file by now, without any table.
      await expect(owners(main)).rejects.toBeInstanceOf(UndefinedObjectError);
    },
  );

  it("with another one in its place: a write goes there", async () => {
    const file = join(temporaryDirectory(), "test.db");
    const main = await database(file, "old");
    await restore(file);
    await main.execute("insert into t values ('new')");
    expect(await owners(main)).toEqual([{ owner: "backup" }, { owner: "new" }]);
  });

  it("with another one in its place: a transaction that has begun is told so, and its repetition goes there", async () => {
    const file = join(temporaryDirectory(), "test.db");
    const main = await database(file, "old");
    let attempts = 0;
    const work = (hasWritten: boolean, retry?: { attempts: number }) =>
      main.transaction(async (tx) => {
        attempts++;
        if (hasWritten) await tx.execute("insert into t values ('new')");
        else await tx.query("select * from t");
        if (attempts === 1) await restore(file);
        if (!hasWritten) await tx.execute("insert into t values ('new')");
      }, retry && { retry });
    const error: unknown = await work(true).catch((it: unknown) => it);
    expect(error).toBeInstanceOf(ConnectionLostError);
    expect(error).toMatchObject({ retryable: true, vendorCode: "SQLITE_READONLY_DBMOVED" });
    expect(await owners(main)).toEqual([{ owner: "backup" }]);
    attempts = 0;
    await work(false, { attempts: 2 });
    expect(attempts).toBe(2);
    expect(await owners(main)).toEqual([{ owner: "backup" }, { owner: "new" }]);
    expect(main.stats()).toMatchObject({ busy: 0, waiting: 0 });
  });

  it("is noticed where a link leads to another one", async () => {
    const directory = temporaryDirectory();
    const link = join(directory, "current.db");
    const [one, two] = [join(directory, "one.db"), join(directory, "two.db")];
    await database(two, "two");
    symlinkSync(one, link);
    const main = await database(link, "one");
    symlinkSync(two, `${link}.new`);
    renameSync(`${link}.new`, link);
    await main.execute("insert into t values ('new')");
    expect(await owners(main)).toEqual([{ owner: "new" }, { owner: "two" }]);
  });
});
