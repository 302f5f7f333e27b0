import { ConfigurationError, DriverFault, type ErrorInfo } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { classify, noteFacts } from "../src/errors.ts";

interface Made {
  readonly errno?: number;
  readonly code?: string;
  readonly sqlState?: string;
  readonly message?: string;
}

/** An error as mysql2 makes it out of the server's packet, or as Node makes it. */
function made({ message = "quelque chose", ...facts }: Made): Error {
  return Object.assign(new Error(message), facts);
}

const ofServer = (errno: number, message = "quelque chose", sqlState = "HY000"): Error =>
  made({ errno, sqlState, message });

describe("classify", () => {
  it.each([
    [1062, "unique", "never"],
    [1169, "unique", "never"],
    [1451, "foreign-key", "never"],
    [1452, "foreign-key", "never"],
    [1048, "not-null", "never"],
    [1364, "not-null", "never"],
    [3819, "check", "never"],
    [4025, "check", "never"],
    [1264, "value", "never"],
    [1292, "value", "never"],
    [1406, "value", "never"],
    [1690, "value", "never"],
    [1020, "serialization", "transaction"],
    [1213, "deadlock", "transaction"],
    [1205, "lock-timeout", "transaction"],
    [3572, "lock-timeout", "transaction"],
    [1969, "statement-timeout", "never"],
    [3024, "statement-timeout", "never"],
    [1317, "cancelled", "never"],
    [1064, "syntax", "never"],
    [1146, "undefined-object", "never"],
    [1054, "undefined-object", "never"],
    [1305, "undefined-object", "never"],
    [1142, "permission", "never"],
    [1792, "read-only", "never"],
    [1290, "read-only", "never"],
    [1114, "resource", "never"],
    [1461, "resource", "never"],
    [1235, "unsupported", "never"],
    [1210, "parameter", "never"],
    [1105, "other", "never"],
    [9_999, "other", "never"],
  ] satisfies [number, ErrorInfo["kind"], ErrorInfo["retry"]][])(
    "takes %s of a statement for %s",
    (errno, kind, retry) => {
      const error = ofServer(errno);
      noteFacts(error, { alive: true });
      const info = { kind, connection: "ok", executed: "yes", retry, code: errno, sqlState: "HY000" };
      expect(classify(error)).toMatchObject(info);
    },
  );

  it.each([
    [1044, "auth", "permission"],
    [1045, "auth", "permission"],
    [1049, "unknown-database", "undefined-object"],
    [1040, "too-many-connections", "too-many-connections"],
    [1130, "auth", "auth"],
    [1193, "refused", "undefined-object"],
  ] satisfies [number, ErrorInfo["kind"], ErrorInfo["kind"]][])(
    "takes %s at login for %s, and later for %s",
    (errno, atLogin, later) => {
      const connecting = ofServer(errno);
      noteFacts(connecting, { connecting: true });
      expect(classify(connecting)).toMatchObject({ kind: atLogin, connection: "dead", executed: "no" });
      expect(classify(ofServer(errno))).toMatchObject({ kind: later, executed: "yes" });
    },
  );

  it("says that a connection is dead, and that nobody knows what has run, when the server hangs up", () => {
    for (const errno of [1053, 1927, 4031]) {
      const lost = { kind: "lost", connection: "dead", executed: "maybe", retry: "transaction" };
      expect(classify(ofServer(errno))).toMatchObject(lost);
    }
    expect(classify(ofServer(1153))).toMatchObject({ kind: "resource", connection: "dead", executed: "maybe" });
  });

  it("calls the loser of a deadlock undone where nothing of its text can have been committed", () => {
    const plain = ofServer(1213, "", "40001");
    noteFacts(plain, { alive: true });
    noteFacts(plain, { isRowsOnly: true });
    expect(classify(plain)).toMatchObject({ kind: "deadlock", executed: "undone", retry: "transaction" });
    const call = ofServer(1213, "", "40001");
    noteFacts(call, { isRowsOnly: false });
    expect(classify(call)).toMatchObject({ kind: "deadlock", executed: "yes" });
  });

  it("calls a prepared statement that the server wants prepared anew not run, unless it is a procedure", () => {
    for (const isRowsOnly of [true, false]) {
      const error = ofServer(1615);
      noteFacts(error, { alive: true });
      noteFacts(error, { isRowsOnly });
      const executed = isRowsOnly ? "no" : "yes";
      expect(classify(error)).toMatchObject({ kind: "other", connection: "ok", executed, retry: "transaction" });
    }
  });

  it.each(["ECONNRESET", "EPIPE", "PROTOCOL_CONNECTION_LOST"])("takes %s for a loss", (code) => {
    const lost = { kind: "lost", connection: "dead", executed: "maybe", retry: "transaction", code };
    expect(classify(made({ code, errno: -104 }))).toEqual(lost);
  });

  it("takes an error of the socket while connecting for a refusal", () => {
    const error = made({ code: "ECONNREFUSED", errno: -111 });
    noteFacts(error, { connecting: true });
    expect(classify(error)).toMatchObject({ kind: "refused", connection: "dead", executed: "no", retry: "connect" });
    const plugin = made({ code: "AUTH_SWITCH_PLUGIN_ERROR" });
    noteFacts(plugin, { connecting: true });
    expect(classify(plugin)).toMatchObject({ kind: "auth", retry: "never" });
  });

  it("does not try again where the server is of the other family", () => {
    expect(classify(new ConfigurationError("another"))).toMatchObject({ kind: "refused", retry: "never" });
  });

  it("answers for faults of its own, and for anything", () => {
    expect(classify(new DriverFault("no", { kind: "parameter" }))).toMatchObject({ kind: "parameter", executed: "no" });
    for (const junk of [undefined, null, 7, "x", {}, new Error("x"), made({ errno: 1062 })]) {
      expect(classify(junk)).toMatchObject({ kind: "other", executed: "maybe" });
    }
  });
});

describe("the names of what was violated", () => {
  it.each([
    [1062, "Duplicate entry 'a'b' for key 'people.by_name'", { constraint: "by_name", table: "people" }],
    [1062, "Doppelter Eintrag 'x' für Schlüssel 'PRIMARY'", { constraint: "PRIMARY" }],
    [1062, "Duplicate entry", {}],
    [
      1452,
      "Cannot add or update a child row: a foreign key constraint fails (`mdb`.`chi`, CONSTRAINT `fk` FOREIGN KEY (`a`, `b`) REFERENCES `par` (`a`, `b`))",
      { constraint: "fk", table: "chi", columns: ["a", "b"] },
    ],
    [1048, "Column 'name' cannot be null", { columns: ["name"] }],
    [1364, "Field 'name' doesn't have a default value", { columns: ["name"] }],
    [4025, "CONSTRAINT `positive` failed for `mdb`.`people`", { constraint: "positive", table: "people" }],
    [4025, "CONSTRAINT `people.age` failed for `mdb`.`people`", { constraint: "age", table: "people" }],
    [3819, "Check constraint 'positive' is violated.", { constraint: "positive" }],
  ] satisfies [number, string, object][])("are read from %s: %s", (errno, message, facts) => {
    const { constraint, table, columns } = classify(ofServer(errno, message));
    expect({ constraint, table, columns }).toEqual({
      constraint: undefined,
      table: undefined,
      columns: undefined,
      ...facts,
    });
  });
});
