import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { ConnectionPool, DatabaseManager } from "@nsj/mdb-core";
import { print } from "./print.ts";

/** Sessions on a process-wide default, as in the Python library: configure once, ask for a session by label anywhere. */
export async function theShortWay(): Promise<void> {
  ConnectionPool.configure({
    default_db: sqlite({ filename: ":memory:" }),
    audit_db: sqlite({ filename: ":memory:" }),
  });
  try {
    await using session = await DatabaseManager.getSession("default_db");
    await session.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)");
    await session.execute("INSERT INTO users (id, name) VALUES (:id, :name)", { id: 1, name: "Alice" });
    await session.commit();

    await using audit = await DatabaseManager.getSession("audit_db");
    await audit.execute("CREATE TABLE events (id INTEGER PRIMARY KEY, what TEXT)");
    await audit.execute("INSERT INTO events (what) VALUES (:what)", { what: "Alice was added" });
    await audit.commit();

    print("default_db", await session.query("SELECT * FROM users"));
    print("audit_db", await audit.query("SELECT * FROM events"));
  } finally {
    await ConnectionPool.closeAllConnections();
  }
}
