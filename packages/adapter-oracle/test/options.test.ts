import { ConfigurationError } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { type OracleOptions, oracleDriver } from "../src/index.ts";

function refused(work: () => unknown): ConfigurationError {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

const connector = (options: unknown) => oracleDriver.connector(options as OracleOptions);
const good = { user: "app", password: "s3cret-word", connectString: "db.example.org:1521/ORCLPDB1" };

describe("options", () => {
  it("are checked by name, with the nearest one suggested", () => {
    const error = refused(() => connector({ ...good, conectString: "x" }));
    expect(error.message).toContain('unknown option "conectString"; did you mean "connectString"?');
    expect(error.key).toBe("conectString");
  });

  it.each([
    [{ connectString: undefined }, "connectString"],
    [{ connectString: " " }, "connectString"],
    [{ user: 5 }, "user"],
    [{ stmtCacheSize: -1 }, "stmtCacheSize"],
    [{ fetchArraySize: 0 }, "fetchArraySize"],
    [{ schema: 5 }, "schema"],
  ])("are refused when they cannot be right: %j", (wrong, key) => {
    expect(refused(() => connector({ ...good, ...wrong })).key).toBe(key);
  });

  it("never show a password", () => {
    const error = refused(() => connector({ ...good, password: 1234567 }));
    expect(error.message).not.toContain("1234567");
    expect(JSON.stringify(connector(good).target)).not.toContain("s3cret-word");
  });

  it("say where they connect to, without any connection", () => {
    expect(connector(good).target).toMatchObject({ user: "app" });
    expect(connector(good).target.address).toContain("db.example.org");
  });
});

describe("a URL", () => {
  it("gives the user, the password and the service", () => {
    const options = oracleDriver.parseUrl("oracle://app:p%40ss@db.example.org:1521/ORCLPDB1");
    expect(options).toMatchObject({ user: "app", password: "p@ss" });
    expect(options.connectString).toContain("db.example.org");
    expect(options.connectString).toContain("ORCLPDB1");
  });

  it("is not shown when it cannot be read", () => {
    const error = refused(() => oracleDriver.parseUrl("oracle://app:s3cret-word@:x/"));
    expect(error.message).not.toContain("s3cret-word");
  });
});
