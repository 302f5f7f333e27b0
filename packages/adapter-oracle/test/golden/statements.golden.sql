-- a login
-- Rule: One ALTER SESSION sets several parameters. Text that is converted on the server has a point and ISO dates, dates without a zone are UTC. (ALTER SESSION)
CONNECT
LOGIN
SELECT DBTIMEZONE FROM DUAL
FETCH
BEGIN EXECUTE IMMEDIATE 'ALTER SESSION SET NLS_NUMERIC_CHARACTERS = ''.,'' NLS_DATE_FORMAT = ''YYYY-MM-DD HH24:MI:SS'' NLS_TIMESTAMP_FORMAT = ''YYYY-MM-DD HH24:MI:SS.FF'' NLS_TIMESTAMP_TZ_FORMAT = ''YYYY-MM-DD HH24:MI:SS.FFTZH:TZM'' TIME_ZONE = ''+00:00'' CURRENT_SCHEMA = "ADAMS"'; SELECT SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA'), SYS_CONTEXT('USERENV', 'MODULE'), SYS_CONTEXT('USERENV', 'ACTION'), SYS_CONTEXT('USERENV', 'CLIENT_INFO'), SYS_CONTEXT('USERENV', 'CLIENT_IDENTIFIER') INTO :1, :2, :3, :4, :5 FROM DUAL; END;

-- a session is put back
-- Rule: 2 is DBMS_SESSION.REINITIALIZE: package variables start anew once the block has ended; PUBLIC may execute it. (PL/SQL Packages and Types Reference, DBMS_SESSION)
CONNECT
LOGIN
SELECT DBTIMEZONE FROM DUAL
FETCH
BEGIN EXECUTE IMMEDIATE 'ALTER SESSION SET NLS_NUMERIC_CHARACTERS = ''.,'' NLS_DATE_FORMAT = ''YYYY-MM-DD HH24:MI:SS'' NLS_TIMESTAMP_FORMAT = ''YYYY-MM-DD HH24:MI:SS.FF'' NLS_TIMESTAMP_TZ_FORMAT = ''YYYY-MM-DD HH24:MI:SS.FFTZH:TZM'' TIME_ZONE = ''+00:00'''; SELECT SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA'), SYS_CONTEXT('USERENV', 'MODULE'), SYS_CONTEXT('USERENV', 'ACTION'), SYS_CONTEXT('USERENV', 'CLIENT_INFO'), SYS_CONTEXT('USERENV', 'CLIENT_IDENTIFIER') INTO :1, :2, :3, :4, :5 FROM DUAL; END;
BEGIN EXECUTE IMMEDIATE 'ALTER SESSION SET NLS_NUMERIC_CHARACTERS = ''.,'' NLS_DATE_FORMAT = ''YYYY-MM-DD HH24:MI:SS'' NLS_TIMESTAMP_FORMAT = ''YYYY-MM-DD HH24:MI:SS.FF'' NLS_TIMESTAMP_TZ_FORMAT = ''YYYY-MM-DD HH24:MI:SS.FFTZH:TZM'' TIME_ZONE = ''+00:00'' CURRENT_SCHEMA = "SCOTT"'; DBMS_APPLICATION_INFO.SET_MODULE(NULL, NULL); DBMS_APPLICATION_INFO.SET_CLIENT_INFO(NULL); DBMS_SESSION.CLEAR_IDENTIFIER; DBMS_SESSION.MODIFY_PACKAGE_STATE(2); END;

-- what a table's columns are
-- Rule: The columns and types of what RETURNING gives are asked for once per table: a query that is never true reads no row.
select * from "GOLDEN_PRODUCTS" where 1 = 0
insert into "GOLDEN_PRODUCTS" ("CODE", "VERSION") values (:1, :2) returning "ID", "CODE", "PRICE", "DELETED_AT", "VERSION" into :3, :4, :5, :6, :7

-- findById
-- Rule: Unquoted names are stored in upper case; in quotes a name stands exactly as it is, reserved words too, but can hold no double quote; 30 bytes before 12.2, then 128. (Database Object Naming Rules)
select * from "GOLDEN_PRODUCTS" where (("DELETED_AT" is null) and ("ID" = :1))

-- findOne
-- Rule: From 12.1; offset and row count are binds or constants; without ORDER BY any rows come, which is all that is asked for here; two columns of one name are ORA-00918. (SELECT, row_limiting_clause)
select * from "GOLDEN_PRODUCTS" where (("DELETED_AT" is null) and ("CODE" = :1)) offset :2 rows fetch next :3 rows only

-- findBy with every comparison
-- Rule: At most 1 000 expressions stand in one list, ORA-01795 beyond; text meets a NUMBER column as TO_NUMBER of the text. (IN Condition; Data Conversion)
select * from "GOLDEN_PRODUCTS" where (("DELETED_AT" is null) and ((((("CODE" in (:1, :2)) and ("CODE" <> :3))) and ((("PRICE" >= :4) and ("PRICE" < :5))) and ((("ID" >= :6) and ("ID" <= :7))))))

-- findBy with LIKE
-- Rule: LIKE has no escape character unless ESCAPE names one, and then it can stand in front of %, _ and itself only, ORA-01424. (LIKE Condition)
select * from "GOLDEN_PRODUCTS" where (("DELETED_AT" is null) and ("CODE" like :1 escape '|'))

-- findBy ignoring case
-- Rule: LIKE has no escape character unless ESCAPE names one, and then it can stand in front of %, _ and itself only, ORA-01424. (LIKE Condition)
select * from "GOLDEN_PRODUCTS" where (("DELETED_AT" is null) and (lower("CODE") like lower(:1) escape '|'))

-- findBy null and not
select * from "GOLDEN_PRODUCTS" where (("DELETED_AT" is null) and ((("PRICE" is null) and (not ((("CODE" = :1) or ("CODE" = :2)))))))

-- findAll in order
-- Rule: OFFSET and FETCH follow ORDER BY, which the primary key makes unambiguous; NULL sorts last when ascending. (SELECT)
select * from "GOLDEN_PRODUCTS" where "DELETED_AT" is null order by "PRICE" desc offset :1 rows fetch next :2 rows only

-- exists
-- Rule: From 12.1; offset and row count are binds or constants; without ORDER BY any rows come, which is all that is asked for here; two columns of one name are ORA-00918. (SELECT, row_limiting_clause)
select 1 as present from "GOLDEN_PRODUCTS" where (("DELETED_AT" is null) and ("CODE" = :1)) offset :2 rows fetch next :3 rows only

-- count
select count(*) as total from "GOLDEN_PRODUCTS" where (("DELETED_AT" is null) and ("CODE" = :1))

-- page
-- Rule: OFFSET and FETCH follow ORDER BY, which the primary key makes unambiguous; NULL sorts last when ascending. (SELECT)
insert into "GOLDEN_PRODUCTS" ("CODE", "VERSION") values (:1, :2) returning "ID", "CODE", "PRICE", "DELETED_AT", "VERSION" into :3, :4, :5, :6, :7
insert into "GOLDEN_PRODUCTS" ("CODE", "VERSION") values (:1, :2) returning "ID", "CODE", "PRICE", "DELETED_AT", "VERSION" into :3, :4, :5, :6, :7
insert into "GOLDEN_PRODUCTS" ("CODE", "VERSION") values (:1, :2) returning "ID", "CODE", "PRICE", "DELETED_AT", "VERSION" into :3, :4, :5, :6, :7
COMMIT
select count(*) as total from "GOLDEN_PRODUCTS" where "DELETED_AT" is null
select * from "GOLDEN_PRODUCTS" where "DELETED_AT" is null order by "CODE", "ID" offset :1 rows fetch next :2 rows only

-- pageAfter
-- Rule: OFFSET and FETCH follow ORDER BY, which the primary key makes unambiguous; NULL sorts last when ascending. (SELECT)
select * from "GOLDEN_PRODUCTS" where "DELETED_AT" is null order by "PRICE", "ID" offset :1 rows fetch next :2 rows only
select * from "GOLDEN_PRODUCTS" where (("DELETED_AT" is null) and ((((("PRICE" is null) and ("ID" > :1)))))) order by "PRICE", "ID" offset :2 rows fetch next :3 rows only

-- insert
-- Rule: RETURNING gives the values of each row changed, into one bind per expression; not for remote tables, nor for views with INSTEAD OF triggers. (INSERT; UPDATE, returning_clause)
insert into "GOLDEN_PRODUCTS" ("CODE", "PRICE", "VERSION") values (:1, :2, :3) returning "ID", "CODE", "PRICE", "DELETED_AT", "VERSION" into :4, :5, :6, :7, :8

-- insertMany
-- Rule: VALUES takes one row before 23ai, so each row is a statement; array execution gives back no generated keys in their order. (INSERT)
insert into "GOLDEN_PRODUCTS" ("CODE", "VERSION") values (:1, :2) returning "ID", "CODE", "PRICE", "DELETED_AT", "VERSION" into :3, :4, :5, :6, :7
insert into "GOLDEN_PRODUCTS" ("CODE", "VERSION") values (:1, :2) returning "ID", "CODE", "PRICE", "DELETED_AT", "VERSION" into :3, :4, :5, :6, :7
COMMIT

-- update
-- Rule: RETURNING gives the values of each row changed, into one bind per expression; not for remote tables, nor for views with INSTEAD OF triggers. (INSERT; UPDATE, returning_clause)
insert into "GOLDEN_PRODUCTS" ("CODE", "VERSION") values (:1, :2) returning "ID", "CODE", "PRICE", "DELETED_AT", "VERSION" into :3, :4, :5, :6, :7
update "GOLDEN_PRODUCTS" set "CODE" = :1, "VERSION" = "VERSION" + 1 where (("ID" = :2) and ("DELETED_AT" is null)) returning "ID", "CODE", "PRICE", "DELETED_AT", "VERSION" into :3, :4, :5, :6, :7

-- update of a version
insert into "GOLDEN_PRODUCTS" ("CODE", "VERSION") values (:1, :2) returning "ID", "CODE", "PRICE", "DELETED_AT", "VERSION" into :3, :4, :5, :6, :7
update "GOLDEN_PRODUCTS" set "CODE" = :1, "VERSION" = "VERSION" + 1 where (("ID" = :2) and ("VERSION" = :3) and ("DELETED_AT" is null)) returning "ID", "CODE", "PRICE", "DELETED_AT", "VERSION" into :4, :5, :6, :7, :8

-- updateBy
update "GOLDEN_PRODUCTS" set "PRICE" = :1, "VERSION" = "VERSION" + 1 where (("CODE" = :2) and ("DELETED_AT" is null))

-- upsert
-- Rule: MERGE gives nothing back before 23ai, so: update, and where nothing was changed insert behind a savepoint, to which a duplicate key (ORA-00001) goes back. (MERGE; SAVEPOINT)
update "GOLDEN_PRODUCTS" set "PRICE" = :1, "VERSION" = "VERSION" + 1 where (("CODE" = :2)) returning "ID", "CODE", "PRICE", "DELETED_AT", "VERSION" into :3, :4, :5, :6, :7
SAVEPOINT "sp1"
insert into "GOLDEN_PRODUCTS" ("CODE", "PRICE", "VERSION") values (:1, :2, :3) returning "ID", "CODE", "PRICE", "DELETED_AT", "VERSION" into :4, :5, :6, :7, :8
COMMIT

-- delete
insert into "GOLDEN_PRODUCTS" ("CODE", "VERSION") values (:1, :2) returning "ID", "CODE", "PRICE", "DELETED_AT", "VERSION" into :3, :4, :5, :6, :7
update "GOLDEN_PRODUCTS" set "DELETED_AT" = :1, "VERSION" = "VERSION" + 1 where (("ID" = :2) and ("DELETED_AT" is null))

-- deleteBy
update "GOLDEN_PRODUCTS" set "DELETED_AT" = :1, "VERSION" = "VERSION" + 1 where (("CODE" = :2) and ("DELETED_AT" is null))

-- restore
insert into "GOLDEN_PRODUCTS" ("CODE", "VERSION") values (:1, :2) returning "ID", "CODE", "PRICE", "DELETED_AT", "VERSION" into :3, :4, :5, :6, :7
update "GOLDEN_PRODUCTS" set "DELETED_AT" = :1, "VERSION" = "VERSION" + 1 where (((("ID" = :2))) and ("DELETED_AT" is not null))

-- bulkInsert
-- Rule: One text with many sets of binds; the server names each set that fails. (node-oracledb, Batch Statement Execution)
SAVEPOINT MDB_BULK_LOAD
INSERT INTO "GOLDEN_PRODUCTS" ("CODE", "PRICE", "VERSION") VALUES (:1, :2, :3)
COMMIT

-- stream
select * from "GOLDEN_PRODUCTS" where (("DELETED_AT" is null) and ("CODE" = :1))

-- composite keys
-- Rule: At most 1 000 expressions stand in one list, ORA-01795 beyond; text meets a NUMBER column as TO_NUMBER of the text. (IN Condition; Data Conversion)
select * from "GOLDEN_STOCK" where 1 = 0
update "GOLDEN_STOCK" set "AMOUNT" = :1 where (("WAREHOUSE" = :2) and ("ITEM" = :3)) returning "WAREHOUSE", "ITEM", "AMOUNT" into :4, :5, :6
insert into "GOLDEN_STOCK" ("WAREHOUSE", "ITEM", "AMOUNT") values (:1, :2, :3) returning "WAREHOUSE", "ITEM", "AMOUNT" into :4, :5, :6
select * from "GOLDEN_STOCK" where (((("WAREHOUSE" = :1) and ("ITEM" = :2))) or ((("WAREHOUSE" = :3) and ("ITEM" = :4))))
delete from "GOLDEN_STOCK" where (((("WAREHOUSE" = :1) and ("ITEM" = :2))))

-- a transaction with a savepoint
-- Rule: A savepoint of the same name replaces the earlier one; there is no release. (SAVEPOINT)
update golden_products set price = :1 where code = :2
SAVEPOINT "sp1"
delete from golden_products where code = :1
SAVEPOINT "sp2"
delete from nothing
ROLLBACK TO SAVEPOINT "sp2"
COMMIT

-- levels and read-only
-- Rule: Must be the first statement of its transaction, and ends with it. SERIALIZABLE is a snapshot. A transaction needs no beginning. (SET TRANSACTION)
SET TRANSACTION ISOLATION LEVEL SERIALIZABLE
select 1 as one from dual
COMMIT
SET TRANSACTION ISOLATION LEVEL READ COMMITTED
select 2 as two from dual
COMMIT
SET TRANSACTION READ ONLY
select 3 as three from dual
COMMIT

-- a procedure and a function
-- Rule: Parameters by name, in quotes as they are stored; a function's result is assigned. (PL/SQL Language Reference, Subprogram Parameters)
BEGIN "GOLDEN_PROCEDURE"("A" => :1, "TOTAL" => :2); END;
BEGIN :1 := "SCOTT"."GOLDEN_FUNCTION"("A" => :2); END;

-- executeMany
-- Rule: One text with many sets of binds; the server names each set that fails. (node-oracledb, Batch Statement Execution)
update golden_products set price = :1 where code = :2
COMMIT

-- named parameters
-- Rule: A bind is no bind inside a literal, q-quoted ones included. (Text Literals)
select :1 + :2 as c, ':a' as d, q'[:b]' as e from dual

-- hostile names
-- Rule: Unquoted names are stored in upper case; in quotes a name stands exactly as it is, reserved words too, but can hold no double quote; 30 bytes before 12.2, then 128. (Database Object Naming Rules)
select 1 as "a b;'--", 2 as "SELECT" from dual
