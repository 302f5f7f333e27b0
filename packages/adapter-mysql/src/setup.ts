import { ConfigurationError } from "@nsj/mdb-core";
import { serverCode } from "./errors.ts";
import { checkReturning } from "./server-capabilities.ts";
import type { ServerFacts } from "./server-facts.ts";
import type { Session } from "./session.ts";

/** Modes that change what a text is cut into, so that placeholders could not be found; `ANSI` and its like stand for several. */
const misleading: ReadonlySet<string> = new Set([
  "ANSI",
  "ANSI_QUOTES",
  "NO_BACKSLASH_ESCAPES",
  "ORACLE",
  "MSSQL",
  "DB2",
  "POSTGRESQL",
  "MAXDB",
]);

/** ER_UNKNOWN_SYSTEM_VARIABLE */
const unknownVariable = 1193;

/**
 * Gives a fresh session what the contract needs: UTC, no silent truncation, the callers' other modes as they are, a level that loses no update, and word of what
 * changes. @throws ConfigurationError for a server on which that cannot be had
 */
export async function setUp(session: Session, facts: ServerFacts): Promise<void> {
  const { flavor, snapshotIsolation } = session.settings;
  const [answer] = await session.text("select @@session.sql_mode, @@session.max_allowed_packet, version()");
  const [modes, maxPacket, version] = (answer?.rows[0] ?? []) as [string, number, string];
  session.link.version = String(version);
  checkReturning(session.settings, session.link.version);
  session.link.maxPacket = Number(maxPacket) - 1;
  const given = String(modes).split(",");
  const kept = given.filter((mode) => mode !== "" && !misleading.has(mode));
  const strict = kept.some((mode) => mode === "STRICT_ALL_TABLES") ? kept : [...kept, "STRICT_TRANS_TABLES"];
  const assignments = [
    `sql_mode = '${[...new Set(strict)].join(",")}'`,
    "time_zone = '+00:00'",
    "autocommit = 1",
    "session_track_schema = 1",
    "session_track_state_change = 1",
    "session_track_system_variables = 'time_zone'",
  ];
  session.link.zone.changed("+00:00");
  const base = `set names utf8mb4, ${assignments.join(", ")}`;
  if (flavor === "mariadb" && facts.hasSnapshotIsolation !== false) {
    try {
      await session.text(`${base}, innodb_snapshot_isolation = ${snapshotIsolation ? "on" : "off"}`);
      facts.hasSnapshotIsolation = true;
      return;
    } catch (error) {
      if (serverCode(error) !== unknownVariable) throw explained(error);
      facts.hasSnapshotIsolation = false;
    }
  }
  try {
    await session.text(base);
  } catch (error) {
    throw explained(error);
  }
}

function explained(error: unknown): unknown {
  if (serverCode(error) !== unknownVariable) return error;
  const needed = "MySQL 5.7.4 or MariaDB 10.2.2";
  return new ConfigurationError(`mysql: the server is older than ${needed}, which tell what changes in a session`, {
    key: "host",
    cause: error,
  });
}
