/**
 * Global temporary tables: everybody sees the definition, each session its own rows. Behind a table's name is a view of the rows of the session.
 *
 * @see https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/CREATE-TABLE.html "GLOBAL TEMPORARY", "ON COMMIT"
 */
export const temporaryTablesSetup = `
  CREATE TABLE ora.temporary (rows text PRIMARY KEY, view text, kept boolean);
  CREATE PROCEDURE ora.end_transaction() LANGUAGE plpgsql AS $$
    DECLARE own text;
    BEGIN
      FOR own IN SELECT rows FROM ora.temporary WHERE NOT kept LOOP
        EXECUTE pg_catalog.format('DELETE FROM %s WHERE "SYS$SID" = pg_catalog.current_setting(''wire.sid'')', own);
      END LOOP;
    END $$;
  CREATE PROCEDURE ora.drop_table(name text, cascading text) LANGUAGE plpgsql AS $$
    DECLARE own text;
    BEGIN
      DELETE FROM ora.temporary WHERE view = name RETURNING rows INTO own;
      EXECUTE CASE WHEN own IS NULL THEN 'DROP TABLE ' || name || cascading ELSE 'DROP TABLE ' || own || ' CASCADE' END;
    END $$;`;
