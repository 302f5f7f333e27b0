import { storedName } from "./dialect.ts";

/**
 * What each session is set to, whatever the server's own settings are. Values that travel as text depend on it: a decimal parameter has a
 * point, a date is written as ISO does. UTC, because dates without a zone are read as UTC.
 */
export function sessionSettings(schema: string | undefined): string {
  const settings = [
    "NLS_NUMERIC_CHARACTERS = '.,'",
    "NLS_DATE_FORMAT = 'YYYY-MM-DD HH24:MI:SS'",
    "NLS_TIMESTAMP_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF'",
    "NLS_TIMESTAMP_TZ_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF TZH:TZM'",
    "TIME_ZONE = '+00:00'",
  ];
  if (schema !== undefined) settings.push(`CURRENT_SCHEMA = "${storedName(schema).replaceAll('"', '""')}"`);
  return `ALTER SESSION SET ${settings.join(" ")}`;
}

/** Puts a session back in one round trip: its settings, and the variables of packages. */
export function resetBlock(settings: string): string {
  return `BEGIN EXECUTE IMMEDIATE '${settings.replaceAll("'", "''")}'; DBMS_SESSION.MODIFY_PACKAGE_STATE(2); END;`;
}
