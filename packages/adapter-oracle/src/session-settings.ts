import { quoteName, storedName } from "./dialect.ts";

/**
 * What each session is set to, whatever the server's own settings are. Values that travel as text depend on it: a decimal parameter has a
 * point, a date is written as ISO does. UTC, because dates without a zone are read as UTC.
 */
const settings = [
  "NLS_NUMERIC_CHARACTERS = '.,'",
  "NLS_DATE_FORMAT = 'YYYY-MM-DD HH24:MI:SS'",
  "NLS_TIMESTAMP_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF'",
  // As the adapter writes such a value itself, without a blank, so that what it gave can be compared with the column again.
  "NLS_TIMESTAMP_TZ_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FFTZH:TZM'",
  "TIME_ZONE = '+00:00'",
];

/** What a session is asked for after its login, because a logon trigger may have set it: its schema, and what the application says of itself. */
export const sessionFacts = ["CURRENT_SCHEMA", "MODULE", "ACTION", "CLIENT_INFO", "CLIENT_IDENTIFIER"] as const;

/**
 * Sets a new session up, and gives each of the {@link sessionFacts} in a place of its own.
 * @throws DriverFault for a schema that no database can have
 */
export function setUpBlock(schema: string | undefined): string {
  const facts = sessionFacts.map((fact) => `SYS_CONTEXT('USERENV', '${fact}')`);
  const places = sessionFacts.map((_, index) => `:${index + 1}`);
  const alter = alterSession(schema === undefined ? undefined : storedName(schema));
  return `BEGIN ${alter} SELECT ${facts.join(", ")} INTO ${places.join(", ")} FROM DUAL; END;`;
}

/**
 * Puts a session back to what it was after its login, in one round trip: its settings, its schema, what the application says of itself, and the
 * variables of packages.
 */
export function resetBlock([schema, ...facts]: readonly (string | null)[]): string {
  const [module, action, clientInfo, identifier] = facts.map((fact) => (fact === null ? "NULL" : literal(fact)));
  const calls = [
    `DBMS_APPLICATION_INFO.SET_MODULE(${module}, ${action});`,
    `DBMS_APPLICATION_INFO.SET_CLIENT_INFO(${clientInfo});`,
    identifier === "NULL" ? "DBMS_SESSION.CLEAR_IDENTIFIER;" : `DBMS_SESSION.SET_IDENTIFIER(${identifier});`,
    "DBMS_SESSION.MODIFY_PACKAGE_STATE(2);",
  ];
  return `BEGIN ${alterSession(schema ?? undefined)} ${calls.join(" ")} END;`;
}

function alterSession(schema: string | undefined): string {
  const all = schema === undefined ? settings : [...settings, `CURRENT_SCHEMA = ${quoteName([schema])}`];
  return `EXECUTE IMMEDIATE ${literal(`ALTER SESSION SET ${all.join(" ")}`)};`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
