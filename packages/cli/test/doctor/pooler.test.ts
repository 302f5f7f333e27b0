import { postgres } from "@nsj/mdb-adapter-postgres";
import { pgbouncer, startPgbouncer } from "@nsj/mdb-wire-servers";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { examine, finding } from "../support/examine.ts";

describe("a PgBouncer in between", () => {
  it.for(["transaction", "session"] as const)("is found by %s", async (mode, { skip }) => {
    if (pgbouncer === undefined) return skip("there is no pgbouncer on this machine");
    const server = new URL(inject("postgresUrl"));
    const { port, stop } = await startPgbouncer(pgbouncer, server.href, 10, mode);
    onTestFinished(stop);
    const options = { host: "127.0.0.1", port, user: server.username, database: server.pathname.slice(1) };
    const found = await examine({
      orders: postgres({ ...options, pool: { max: 2 }, preparedStatements: mode === "session" }),
    });
    expect(finding(found, "pooler")).toMatchObject({ level: "warning", seen: expect.stringContaining("pooler") });
  });
});
