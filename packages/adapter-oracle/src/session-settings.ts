import { quoteName, storedName } from "./dialect.ts";

/**
 * What each session is set to, whatever the server's own settings are. Values that travel as text depend on it: a decimal parameter has a
 * point, a date is written as ISO does. UTC, because dates without a zone are read as UTC.
 */
const settings = [
  "NLS_NUMERIC_CHARACTERS = '.,'",
  "NLS_DATE_FORMAT = 'YYYY-MM-DD HH24:MI:SS'",
  "NLS_TIMESTAMP_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF'",
  "NLS_TIMESTAMP_TZ_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF TZH:TZM'",
  "TIME_ZONE = '+00:00'",
];

/**
 * Sets a new session up, and gives its current schema in `:1`: a logon trigger may have set another one than the user's own.
 * @throws DriverFault for a schema that no database can have
 */
export function setUpBlock(schema: string | undefined): string {
  return `BEGIN ${alterSession(schema === undefined ? undefined : storedName(schema))} :1 := SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA'); END;`;
}

/** Puts a session back to what it was after its login, in one round trip: its settings, its schema, and the variables of packages. */
export function resetBlock(schema: string): string {
  return `BEGIN ${alterSession(schema)} DBMS_SESSION.MODIFY_PACKAGE_STATE(2); END;`;
}

function alterSession(schema: string | undefined): string {
  const all = schema === undefined ? settings : [...settings, `CURRENT_SCHEMA = ${quoteName([schema])}`];
  return `EXECUTE IMMEDIATE '${`ALTER SESSION SET ${all.join(" ")}`.replaceAll("'", "''")}';`;
}
