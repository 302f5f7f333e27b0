import type { KnownFromDocuments } from "./known-from-documents.ts";

const zoned = "TO_TIMESTAMP_TZ('2026-07-01 12:00:00.5+02:00', 'YYYY-MM-DD HH24:MI:SS.FFTZH:TZM')";

/** Runs the texts of definitions and changes one after another, and whatever becomes of them the ones that clean up. */
function block(work: readonly string[], after: readonly string[] = []): string {
  const quoted = (text: string) => `EXECUTE IMMEDIATE '${text.replaceAll("'", "''")}';`;
  const cleanUp = after.map(quoted).join(" ");
  const handler = after.length === 0 ? "" : ` EXCEPTION WHEN OTHERS THEN ${cleanUp} RAISE;`;
  return `BEGIN ${work.map(quoted).join(" ")} ${cleanUp}${handler} END;`;
}

/** What the Oracle adapter and the TNS server of the tests take from Oracle's documents. */
export const statements: readonly KnownFromDocuments[] = [
  {
    sql: "SELECT COUNT(*) FROM DUAL WHERE CAST('ab' AS CHAR(5)) = CAST('ab' AS VARCHAR2(5))",
    expect: "0",
    dependsOn: "text for a CHAR column is bound as CHAR: nonpadded comparison beside a VARCHAR2",
  },
  {
    sql: "SELECT COUNT(*) FROM DUAL WHERE CAST('ab' AS CHAR(5)) = CAST('ab' AS CHAR(2))",
    expect: "1",
    dependsOn: "a CHAR bind finds a CHAR column: blank-padded comparison",
  },
  {
    sql: "SELECT COUNT(*) FROM DUAL WHERE CAST('ab' AS CHAR(5)) = 'ab'",
    expect: "1",
    dependsOn: "a literal is a CHAR to the test server",
  },
  {
    sql: "SELECT COUNT(*) FROM DUAL WHERE CAST('ab' AS NCHAR(5)) = CAST('ab' AS CHAR(2))",
    expect: "1",
    dependsOn: "NCHAR and CHAR are compared blank-padded too",
  },
  {
    sql: "SELECT COUNT(*) FROM DUAL WHERE CAST('ab' AS NCHAR(5)) = CAST('ab' AS NVARCHAR2(5))",
    expect: "0",
    dependsOn: "text for an NCHAR column is bound as NCHAR",
  },
  {
    sql: block([
      "ALTER SESSION SET NLS_TIMESTAMP_TZ_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FFTZH:TZM'",
      "DECLARE n NUMBER; BEGIN SELECT COUNT(*) INTO n FROM DUAL WHERE SYSTIMESTAMP > '2026-07-01 12:00:00.678+00:00'; END;",
    ]),
    expect: "ok",
    dependsOn: "cursors of keyset pages over TIMESTAMP WITH TIME ZONE are read by the session's own format",
  },
  {
    sql: "SELECT TO_CHAR(TO_TIMESTAMP_TZ('2026-07-01 12:00:00.0+00:00', 'YYYY-MM-DD HH24:MI:SS.FFTZH:TZM'), 'TZH:TZM') FROM DUAL",
    expect: "+00:00",
    dependsOn: "the offset follows the fraction without a blank",
  },
  {
    sql: "SELECT TO_TIMESTAMP_TZ('2026-07-01 12:00:00.5Z', 'YYYY-MM-DD HH24:MI:SS.FFTZH:TZM') FROM DUAL",
    expect: "ORA-01858",
    dependsOn: "the test server refuses Z where the format has TZH; the number may be another one",
  },
  {
    sql: "SELECT TO_TIMESTAMP('2026-07-01 12:00:00.5Z', 'YYYY-MM-DD HH24:MI:SS.FF') FROM DUAL",
    expect: "ORA-01830",
    dependsOn: "text that the NLS format has no place for is refused, and not cut off",
  },
  {
    sql: "SELECT TO_TIMESTAMP('2026-07-01T12:00:00', 'YYYY-MM-DD HH24:MI:SS.FF') FROM DUAL",
    expect: "ORA-01861",
    dependsOn: "a T between date and time is refused; the number may be another one",
  },
  {
    sql: "SELECT TO_CHAR(TO_TIMESTAMP('2026-07-01 12:00:00', 'YYYY-MM-DD HH24:MI:SS.FF'), 'SS.FF1') FROM DUAL",
    expect: "00.0",
    dependsOn: "a TIMESTAMP without a fraction is given, and read again, without one",
  },
  {
    sql: `SELECT TO_CHAR(CAST(${zoned} AS TIMESTAMP WITH LOCAL TIME ZONE) AT TIME ZONE '+00:00', 'HH24:MI:SS.FF1') FROM DUAL`,
    expect: "10:00:00.5",
    dependsOn: "TIMESTAMP WITH LOCAL TIME ZONE is one instant whatever the session's zone is",
  },
  {
    sql: "SELECT TO_CHAR(INTERVAL '1 2:03:04.123456789' DAY TO SECOND(9)) FROM DUAL",
    expect: "+01 02:03:04.123456789",
    dependsOn: "intervals are given as Oracle writes them, with up to nine digits",
  },
  {
    sql: "SELECT TO_CHAR(TO_DSINTERVAL('+01 02:03:04.123456789')) FROM DUAL",
    expect: "+000000001 02:03:04.123456789",
    dependsOn: "an interval's text can be bound again",
  },
  {
    sql: block(
      [
        "CREATE TABLE mdb_known (id NUMBER(3), note LONG)",
        "DECLARE n VARCHAR2(9); BEGIN INSERT INTO mdb_known VALUES (1, 'x') RETURNING note INTO n; END;",
      ],
      ["DROP TABLE mdb_known"],
    ),
    expect: "ORA-22816",
    dependsOn: "a DAO cannot ask for a LONG by RETURNING; inside PL/SQL the number may stand behind ORA-06550",
  },
  {
    sql: "SELECT CASE WHEN '' IS NULL THEN 'null' END FROM DUAL",
    expect: "null",
    dependsOn: "emptyStringIsNull of the dialect",
  },
  {
    sql: "SELECT TO_CHAR(12345678901234567890123456789012345678 * 1000) FROM DUAL",
    expect: "1.2345678901234567890123456789012346E+40",
    dependsOn: "a NUMBER that comes through a bind is rounded beyond 40 characters, where the adapter refuses it",
  },
  {
    sql: block(["ALTER SESSION SET NLS_NUMERIC_CHARACTERS = '.,' NLS_DATE_FORMAT = 'YYYY-MM-DD' TIME_ZONE = '+00:00'"]),
    expect: "ok",
    dependsOn: "one ALTER SESSION in EXECUTE IMMEDIATE sets up a session",
  },
  {
    sql: "BEGIN DBMS_APPLICATION_INFO.SET_MODULE(NULL, NULL); DBMS_APPLICATION_INFO.SET_CLIENT_INFO(NULL); DBMS_SESSION.CLEAR_IDENTIFIER; END;",
    expect: "ok",
    dependsOn: "reset: what an application says of itself can be taken back by everybody",
  },
  {
    sql: "SELECT SYS_CONTEXT('USERENV', 'CLIENT_INFO') FROM DUAL",
    expect: "NULL",
    dependsOn: "reset: what the login left is read by SYS_CONTEXT, and is NULL where nobody has set it",
  },
  {
    sql: "BEGIN DBMS_SESSION.MODIFY_PACKAGE_STATE(2); END;",
    expect: "ok",
    dependsOn: "reset: PUBLIC may give up the state of packages, also in a block that does something else before",
  },
  {
    sql: block(
      [
        "CREATE GLOBAL TEMPORARY TABLE mdb_known (id NUMBER(3)) ON COMMIT DELETE ROWS",
        "DECLARE c SYS_REFCURSOR; n NUMBER; BEGIN INSERT INTO mdb_known VALUES (1); OPEN c FOR SELECT id FROM mdb_known; COMMIT; FETCH c INTO n; CLOSE c; END;",
      ],
      ["DROP TABLE mdb_known"],
    ),
    expect: "ORA-08103",
    dependsOn: "a call reads its cursors before it commits; the number may be another one, or there may be no row",
  },
  {
    sql: block(
      ["CREATE PRIVATE TEMPORARY TABLE ora$ptt_mdb (id NUMBER) ON COMMIT PRESERVE DEFINITION"],
      ["DROP TABLE ora$ptt_mdb"],
    ),
    expect: "ok",
    dependsOn:
      "private temporary tables outlive a transaction, so that the session ends with its borrower (from version 18 on)",
  },
  {
    sql: "SELECT 1 FROM DUAL WHERE ROWID = 'no rowid'",
    expect: "ORA-01410",
    dependsOn: "the test server has no rowids, because text is none",
  },
  {
    sql: "SELECT LENGTHB(TO_CHAR(UNISTR('\\20AC'))) FROM DUAL",
    expect: "3",
    dependsOn: "sizes of VARCHAR2 in bytes: 3 in AL32UTF8, 1 in WE8MSWIN1252",
  },
  {
    sql: "SELECT LENGTHB(CAST(UNISTR('\\20AC') AS NVARCHAR2(4))) FROM DUAL",
    expect: "2",
    dependsOn: "NVARCHAR2 is AL16UTF16 beside whatever the database's character set is",
  },
  {
    sql: "SELECT 1 FROM DUAL WHERE DATE '2026-01-01' IN (SELECT SYSDATE FROM DUAL) AND",
    expect: "ORA-00936",
    dependsOn: "syntax errors keep their numbers before version 23; from then on some are ORA-03048 to ORA-03050",
  },
  { sql: "SELECT nothing FROM DUAL", expect: "ORA-00904", dependsOn: "an unknown column is an undefined object" },
  { sql: "INSERT INTO nothing (id) VALUES (id)", expect: "ORA-00942", dependsOn: "an unknown table is found first" },
  {
    sql: "SELECT 1 FROM dual@mdb_no_such_link",
    expect: "ORA-02019",
    dependsOn: "an unknown database link is an undefined object",
  },
  {
    sql: "ALTER SESSION SET CURRENT_SCHEMA = MDB_NO_SUCH_SCHEMA",
    expect: "ORA-01435",
    dependsOn: "a tenant's schema that is not there is refused; ahead of a call, with that call",
  },
];
