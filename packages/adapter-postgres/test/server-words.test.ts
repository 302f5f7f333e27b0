import { describe, expect, it } from "vitest";
import { connected, failure, run, value } from "./support/driving.ts";
import { asAdmin, untilActive } from "./support/server.ts";

describe("what a server says in words only", () => {
  it("tells an administrator who stops a statement from statement_timeout", async () => {
    const connection = await connected();
    const pid = await value(connection, "select pg_backend_pid()");
    const stopped = failure(() => run(connection, "select pg_sleep(60)"));
    await untilActive(pid, "pg_sleep");
    await asAdmin("select pg_cancel_backend($1)", [pid]);
    expect((await stopped).info).toMatchObject({
      kind: "cancelled",
      connection: "ok",
      executed: "yes",
      retry: "never",
    });
    await run(connection, "set statement_timeout = 1");
    const late = await failure(() => run(connection, "select pg_sleep(60)"));
    expect(late.info).toMatchObject({ kind: "statement-timeout", connection: "ok", retry: "never" });
  });

  it("gets the way out beside it where a parameter has no type", async () => {
    const { error, info } = await failure(async () => run(await connected(), "select $1 is null", [null]));
    expect(info).toMatchObject({ kind: "syntax", sqlState: "42P18" });
    expect((error as Error).message).toContain("sql.typed");
  });
});

describe("explain (generic_plan)", () => {
  it("explains a statement whose placeholders have no values", async (context) => {
    const connection = await connected();
    if (Number(await value(connection, "show server_version_num")) < 160_000) {
      context.skip("generic_plan is one of PostgreSQL 16 and newer");
    }
    const text = "/* which plan? */ explain (generic_plan, costs off) select oid from pg_class where oid = $1";
    expect((await run(connection, text)).rows.join("\n")).toContain("$1");
  });
});
