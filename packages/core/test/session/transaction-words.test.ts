import { describe, expect, it } from "vitest";
import { controlsTransaction, mayCommit } from "../../src/session/transaction-words.ts";

describe("a text certainly ends or begins a transaction", () => {
  it.each([
    "commit",
    "COMMIT;",
    " commit work",
    "commit and chain",
    "commit tran name",
    "commit comment 'nightly' write batch nowait",
    "end",
    "END TRANSACTION",
    "end work and no chain;",
    "abort",
    "rollback",
    "rollback;",
    "rollback work",
    "ROLLBACK TRANSACTION;",
    "rollback tran",
    "rollback and chain",
    "begin",
    "begin;",
    "begin work",
    "begin transaction isolation level serializable",
    "begin tran name with mark",
    "begin immediate",
    "begin exclusive transaction",
    "begin isolation level repeatable read",
    "begin read only",
    "start transaction",
    "start transaction read only",
    "prepare transaction 'x'",
    "/* nightly */ commit",
    "-- nightly\ncommit",
    "select 1; commit",
    "insert into a values (1);\n rollback;",
    "select 1; begin; select 2",
    "select 1; start transaction",
    "update a set b = 1; begin tran",
  ])("%j", (text) => {
    expect(controlsTransaction(text)).toBe(true);
  });
});

describe("a text that may be something else is sent", () => {
  it.each([
    ["a savepoint on SQL Server", "rollback tran name"],
    ["the same", "ROLLBACK TRANSACTION sp1;"],
    ["a savepoint", "rollback to name"],
    ["a savepoint", "rollback work to savepoint name"],
    ["a savepoint", "rollback transaction to savepoint name"],
    ["another transaction", "commit prepared 'x'"],
    ["another transaction", "rollback prepared 'x'"],
    ["another transaction", "commit force '1.2.3'"],
    ["a block of Oracle's", "begin work.run(); end;"],
    ["a block of Oracle's", "begin work; end;"],
    ["a block of Oracle's", "begin transaction.run(1); end;"],
    ["a block of Oracle's", "begin tran := 1; end;"],
    ["a block of Oracle's", "begin null; end;"],
    ["a block that commits, which the server's answer tells", "declare n number; begin n := 1; commit; end;"],
    ["the end of a block", "if 1 = 1 select 1; end;"],
    ["the end of a block", "select 1; end;"],
    ["a block of SQL Server's", "begin try select 1; end try begin catch end catch"],
    ["a block of SQL Server's", "begin select 1; commit; end"],
    ["a procedure", "create procedure p as select 1; commit"],
    ["a procedure", "alter procedure p as begin tran; update a set b = 1; commit"],
    ["a string", "insert into notes values ('first; commit')"],
    ["a comment", "select 1 -- ; commit"],
    ["a nested comment, in part", "/* a /* b */ commit */ select 1"],
    ["a name", "select commit_date, rollback from a"],
    ["a word that begins like one", "commitments"],
    ["a statement of that name", "prepare transaction from 'select 1'"],
    ["a setting", "set transaction isolation level serializable"],
    ["a savepoint", "savepoint a"],
    ["nothing", ""],
  ])("%s: %j", (_, text) => {
    expect(controlsTransaction(text)).toBe(false);
  });
});

it("only where DDL commits, what is no plain statement may have committed what came before it", () => {
  const commits = { transactionalDdl: false };
  for (const text of [
    "select 1",
    " INSERT into a values (1)",
    "with a as (select 1) select * from a",
    "merge into a",
  ]) {
    expect(mayCommit(text, commits)).toBe(false);
  }
  for (const text of ["create table a (id int)", "begin p(); end;", "call p()", "truncate table a"]) {
    expect(mayCommit(text, commits)).toBe(true);
    expect(mayCommit(text, { transactionalDdl: true })).toBe(false);
  }
  expect(mayCommit(undefined, commits)).toBe(false);
});
