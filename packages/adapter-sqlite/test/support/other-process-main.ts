import BetterSqlite3 from "better-sqlite3";

// A second process with a connection of its own: runs what it is told and answers when it is done.
const database = new BetterSqlite3(process.argv[2], { timeout: 0 });

process.on("message", ({ run }: { run: string }) => {
  try {
    database.exec(run);
    process.send?.({ ok: true });
  } catch (error) {
    process.send?.({ ok: false, message: error instanceof Error ? error.message : String(error) });
  }
});
process.on("disconnect", () => database.close());
process.send?.({ ok: true });
