import { describe, expect, it } from "vitest";
import { classify, noteFacts } from "../src/errors.ts";
import { loginNumbers, sqlNumbers } from "../src/sql-numbers.ts";

/** An error as the driver makes it of one of the server. */
function ofServer(number: number, message = "words in any language", severity = 16): Error {
  return Object.assign(new Error(message), { code: "EREQUEST", number, class: severity, state: 1 });
}

function ofDriver(code: string, message = "words of the driver"): Error {
  return Object.assign(new Error(message), { code });
}

describe("errors of the server", () => {
  it.each([
    [2627, "unique", "never"],
    [2601, "unique", "never"],
    [515, "not-null", "never"],
    [8152, "value", "never"],
    [2628, "value", "never"],
    [245, "value", "never"],
    [1205, "deadlock", "transaction"],
    [3960, "serialization", "transaction"],
    [1222, "lock-timeout", "transaction"],
    [102, "syntax", "never"],
    [156, "syntax", "never"],
    [207, "undefined-object", "never"],
    [208, "undefined-object", "never"],
    [2812, "undefined-object", "never"],
    [229, "permission", "never"],
    [3906, "read-only", "never"],
    [3930, "transaction-aborted", "never"],
    [1105, "resource", "never"],
    [50_000, "other", "never"],
    // As PostgreSQL classes the same mistakes: 42P01, 42702, 42883, 42712, 42601, 42701, 42846, 22xxx, 40001.
    [4104, "undefined-object", "never"],
    [209, "syntax", "never"],
    [402, "undefined-object", "never"],
    [8117, "undefined-object", "never"],
    [1011, "syntax", "never"],
    [1013, "syntax", "never"],
    [120, "syntax", "never"],
    [121, "syntax", "never"],
    [408, "syntax", "never"],
    [111, "syntax", "never"],
    [264, "syntax", "never"],
    [2705, "syntax", "never"],
    [8156, "syntax", "never"],
    [4186, "syntax", "never"],
    [529, "syntax", "never"],
    [512, "value", "never"],
    [536, "value", "never"],
    [537, "value", "never"],
    [235, "value", "never"],
    [293, "value", "never"],
    [41_839, "serialization", "transaction"],
  ])("%i is %s", (number, kind, retry) => {
    expect(classify(ofServer(number))).toEqual({ kind, connection: "ok", executed: "yes", retry, code: number });
  });

  it.each([
    ['The INSERT statement conflicted with the FOREIGN KEY constraint "CHECK_it".', "foreign-key"],
    ['The DELETE statement conflicted with the REFERENCE constraint "fk".', "foreign-key"],
    ['The UPDATE statement conflicted with the CHECK constraint "FOREIGN KEY".', "check"],
    ['Die INSERT-Anweisung steht in Konflikt mit der CHECK-Einschränkung "ck".', "check"],
    ['"CHECK_x" FOREIGN KEY', "foreign-key"],
    ["L'instruction INSERT est en conflit avec la contrainte CHECK « FOREIGN KEY ».", "check"],
    ["nothing of it", "other"],
    ['INSERT 语句与 FOREIGN KEY 约束"fk"冲突。', "foreign-key"],
  ])("547 says by a keyword what was violated: %s", (message, kind) => {
    expect(classify(ofServer(547, message)).kind).toBe(kind);
  });

  it("takes the first of several that has a meaning", () => {
    const several = new AggregateError([ofServer(50_001), ofServer(2627), ofServer(515)], "");
    expect(classify(several)).toMatchObject({ kind: "unique", code: 2627 });
    expect(classify(new AggregateError([ofServer(50_001), ofServer(50_002)], ""))).toMatchObject({ code: 50_001 });
  });

  it("counts the connection as dead from severity 20 on", () => {
    expect(classify(ofServer(596, "", 21))).toMatchObject({ kind: "lost", connection: "dead", executed: "maybe" });
    expect(classify(ofServer(99_999, "", 20))).toMatchObject({ kind: "lost", connection: "dead" });
  });

  it("believes what the connection knows of itself", () => {
    const error = ofServer(2627);
    noteFacts(error, { alive: false });
    expect(classify(error)).toMatchObject({ kind: "lost", connection: "dead", executed: "maybe" });
  });
});

describe("errors of the driver", () => {
  it.each([
    ["ECANCEL", "cancelled", "ok"],
    ["ETIMEOUT", "statement-timeout", "ok"],
    ["EPARAM", "parameter", "ok"],
    ["ECONNRESET", "lost", "dead"],
    ["ESOCKET", "lost", "dead"],
    ["ECLOSE", "lost", "dead"],
  ])("%s is %s", (code, kind, connection) => {
    expect(classify(ofDriver(code))).toMatchObject({ kind, connection });
  });

  it("never claim that a statement was not executed once it may have been sent", () => {
    for (const code of ["ECONNRESET", "ECANCEL", "ETIMEOUT"]) {
      expect(classify(ofDriver(code)).executed).toBe("maybe");
    }
    expect(classify(ofDriver("EPARAM")).executed).toBe("no");
  });
});

describe("errors while connecting", () => {
  const connecting = (error: Error, numbers: readonly number[] = []) => {
    noteFacts(error, { loginNumbers: numbers });
    return classify(error);
  };

  it.each([
    [[18456], "auth", "never"],
    [[4060, 18456], "unknown-database", "never"],
    [[911], "unknown-database", "never"],
    [[40613], "refused", "connect"],
    [[10928], "too-many-connections", "connect"],
  ])("numbers %j mean %s", (numbers, kind, retry) => {
    expect(connecting(ofDriver("ELOGIN"), numbers)).toMatchObject({ kind, retry, connection: "dead", executed: "no" });
  });

  it("tell a timeout, a refusal and a certificate apart", () => {
    expect(connecting(ofDriver("ETIMEOUT")).kind).toBe("connect-timeout");
    expect(connecting(ofDriver("ESOCKET"))).toMatchObject({ kind: "refused", retry: "connect" });
    const untrusted = new Error("outer", { cause: ofDriver("DEPTH_ZERO_SELF_SIGNED_CERT") });
    expect(connecting(untrusted)).toMatchObject({ kind: "refused", retry: "never" });
  });

  it("do not follow a circle of causes for ever", () => {
    const error = new Error("circle");
    error.cause = error;
    expect(connecting(error).kind).toBe("refused");
  });
});

describe("the tables of numbers", () => {
  it("do not contradict each other", () => {
    for (const [number, kind] of Object.entries(loginNumbers)) {
      const known = sqlNumbers[Number(number)];
      // A database that is not there is a missing object to a statement.
      if (known !== undefined && number !== "911") expect(known.kind).toBe(kind);
    }
  });
});
