import { type ErrorInfo, unlimited } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { type MssqlOptions, mssqlDriver } from "../src/index.ts";
import { useConnection } from "./support/connection.ts";
import { useServer } from "./support/server.ts";

// Refusals are by script, tokens are our own server's.
const server = useServer({ wireOnly: true, accessTokens: ["first token", "second token"] });
const connect = useConnection((more: MssqlOptions) => mssqlDriver.connector(server.options(more)));
const wire = () => {
  if (server.wire === undefined) throw new Error("the server is ours");
  return server.wire;
};

async function failure(work: Promise<unknown>): Promise<ErrorInfo> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => ({ reason }),
  );
  if (error === undefined) throw new Error("it did not fail");
  return mssqlDriver.classify(error.reason);
}

describe("a login that is refused", () => {
  it.each([
    [18456, "auth", "never"],
    [18452, "auth", "never"],
    [18470, "auth", "never"],
    [18486, "auth", "never"],
    [18487, "auth", "never"],
    [18488, "auth", "never"],
    [40615, "auth", "never"],
    [4060, "unknown-database", "never"],
    [4064, "unknown-database", "never"],
    [40613, "refused", "connect"],
    [18401, "refused", "connect"],
    [10928, "too-many-connections", "connect"],
    [17809, "too-many-connections", "connect"],
  ])("with %i is %s, and is not tried again behind the pool's back", async (number, kind, retry) => {
    const before = wire().logins;
    wire().script.once("LOGIN", { error: { number, severity: 14 } });
    expect(await failure(connect())).toMatchObject({ kind, retry, code: number, executed: "no", connection: "dead" });
    expect(wire().logins).toBe(before);
    expect(wire().script.unused).toEqual([]);
  });

  it("for its user, its password or its database says which of them by its number", async () => {
    expect(await failure(connect({ user: "nobody" }))).toMatchObject({ kind: "auth", code: 18456 });
    expect(await failure(connect({ password: "wrong" }))).toMatchObject({ kind: "auth", code: 18456 });
    expect(await failure(connect({ database: "nowhere" }))).toMatchObject({ kind: "unknown-database", code: 4060 });
  });
});

describe("a login by a token of Azure Active Directory", () => {
  const byToken = (token: string): MssqlOptions => ({
    encrypt: true,
    trustServerCertificate: true,
    authentication: () => ({ type: "azure-active-directory-access-token", options: { token } }),
  });

  it("takes the token that it is given, anew for each connection", async () => {
    const tokens = ["first token", "second token"];
    const options: MssqlOptions = {
      ...byToken(""),
      authentication: async () => ({
        type: "azure-active-directory-access-token",
        options: { token: tokens.shift() ?? "" },
      }),
    };
    for (let round = 0; round < 2; round++) {
      const connection = await connect(options);
      expect((await connection.query({ text: "select 1", values: [] }, unlimited)).rows).toEqual([[1]]);
    }
    expect(tokens).toEqual([]);
  });

  it("is refused with a token that does not count", async () => {
    expect(await failure(connect(byToken("stale")))).toMatchObject({ kind: "auth", retry: "never", code: 18456 });
  });

  it("is refused before anything is sent where what a function gives is no way to log in", async () => {
    const nonsense = { authentication: () => ({ type: "magic" }) } as unknown as MssqlOptions;
    await expect(connect({ ...byToken(""), ...nonsense })).rejects.toThrow(/authentication\.type/);
  });
});

describe("what the server is told at the login", () => {
  it("has the application's name and the client's", async () => {
    const connection = await connect({ applicationName: "orders", options: { workstationId: "desk" } });
    const { rows } = await connection.query({ text: "select app_name(), host_name()", values: [] }, unlimited);
    expect(rows).toEqual([["orders", "desk"]]);
  });
});
