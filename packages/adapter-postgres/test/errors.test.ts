import type { ErrorInfo } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { classify, noteFacts } from "../src/errors.ts";
import { codePointsToUnits } from "../src/positions.ts";

interface Made {
  readonly code?: string;
  readonly message?: string;
  readonly routine?: string;
  readonly where?: string;
  readonly position?: string;
  readonly constraint?: string;
  readonly table?: string;
  readonly column?: string;
}

/** An error as pg makes it out of an ErrorResponse, or as Node makes it. */
function made({ message = "quelque chose", ...facts }: Made): Error {
  return Object.assign(new Error(message), facts);
}

describe("classify", () => {
  it.each([
    ["23505", "unique", "never"],
    ["23P01", "unique", "never"],
    ["23503", "foreign-key", "never"],
    ["23001", "foreign-key", "never"],
    ["23502", "not-null", "never"],
    ["23514", "check", "never"],
    ["44000", "check", "never"],
    ["22001", "value", "never"],
    ["22003", "value", "never"],
    ["22P02", "value", "never"],
    ["40001", "serialization", "transaction"],
    ["40P01", "deadlock", "transaction"],
    ["55P03", "lock-timeout", "transaction"],
    ["57014", "statement-timeout", "never"],
    ["42601", "syntax", "never"],
    ["42804", "syntax", "never"],
    ["42P01", "undefined-object", "never"],
    ["42703", "undefined-object", "never"],
    ["42883", "undefined-object", "never"],
    ["3F000", "undefined-object", "never"],
    ["3D000", "undefined-object", "never"],
    ["42501", "permission", "never"],
    ["25006", "read-only", "never"],
    ["25P02", "transaction-aborted", "never"],
    ["53100", "resource", "never"],
    ["54001", "resource", "never"],
    ["53300", "other", "never"],
    ["0A000", "unsupported", "never"],
    ["P0001", "other", "never"],
    ["42P07", "other", "never"],
    ["XX000", "other", "never"],
    ["ZZ999", "other", "never"],
  ] satisfies [string, ErrorInfo["kind"], ErrorInfo["retry"]][])(
    "takes %s of a statement for %s",
    (code, kind, retry) => {
      const error = made({ code });
      noteFacts(error, { alive: true, sql: "select 1" });
      expect(classify(error)).toMatchObject({ kind, retry, connection: "ok", sqlState: code });
    },
  );

  it.each([
    ["28P01", "auth", "never"],
    ["28000", "auth", "never"],
    ["42501", "auth", "never"],
    ["3D000", "unknown-database", "never"],
    ["53300", "too-many-connections", "connect"],
    ["57P03", "refused", "connect"],
    ["57P01", "refused", "connect"],
    ["08P01", "refused", "connect"],
    ["XX000", "refused", "connect"],
    ["ECONNREFUSED", "refused", "connect"],
    ["ECONNRESET", "refused", "connect"],
    ["EPIPE", "refused", "connect"],
    ["ENOTFOUND", "refused", "connect"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "refused", "never"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "refused", "never"],
  ] satisfies [string, ErrorInfo["kind"], ErrorInfo["retry"]][])(
    "takes %s while connecting for %s, with nothing executed",
    (code, kind, retry) => {
      const error = made({ code });
      noteFacts(error, { connecting: true });
      expect(classify(error)).toMatchObject({ kind, retry, connection: "dead", executed: "no" });
    },
  );

  it("knows a login that failed on our side", () => {
    const error = made({ message: "SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string" });
    noteFacts(error, { connecting: true });
    expect(classify(error)).toMatchObject({ kind: "auth", connection: "dead", executed: "no" });
  });

  it.each([["57P01"], ["57P02"], ["57P05"], ["25P03"], ["25P04"], ["08P01"]])(
    "takes %s for the end of the connection",
    (code) => {
      expect(classify(made({ code }))).toMatchObject({ kind: "lost", connection: "dead", executed: "maybe" });
    },
  );

  it.each([["ECONNRESET"], ["EPIPE"], ["ETIMEDOUT"], [undefined]])(
    "takes %s on a running statement for a loss",
    (code) => {
      const message = code === undefined ? "Connection terminated unexpectedly" : "x";
      const error = made(code === undefined ? { message } : { code, message });
      expect(classify(error)).toMatchObject({
        kind: "lost",
        connection: "dead",
        executed: "maybe",
        retry: "transaction",
      });
    },
  );

  it("believes the connection where it knows better than the code", () => {
    const foreign = made({ code: "08006" });
    noteFacts(foreign, { alive: true });
    expect(classify(foreign)).toMatchObject({ kind: "other", connection: "ok", executed: "yes" });
    const unique = made({ code: "23505" });
    noteFacts(unique, { alive: false });
    expect(classify(unique)).toMatchObject({ kind: "lost", connection: "dead", executed: "maybe" });
    expect(classify(made({ code: "08006" }))).toMatchObject({ kind: "lost", connection: "suspect" });
  });

  it("tells our own cancellation from a timeout of the server", () => {
    const cancelled = made({ code: "57014" });
    noteFacts(cancelled, { alive: true, cancelRequested: true });
    expect(classify(cancelled)).toMatchObject({ kind: "cancelled", connection: "ok" });
    const timedOut = made({ code: "57014" });
    noteFacts(timedOut, { alive: true, cancelRequested: false });
    expect(classify(timedOut)).toMatchObject({ kind: "statement-timeout", connection: "ok" });
  });

  it("knows prepared statements that have gone stale, unless a function ran into one", () => {
    const stale = { connection: "ok", executed: "no", retry: "transaction" };
    expect(classify(made({ code: "26000", routine: "FetchPreparedStatement" }))).toMatchObject(stale);
    expect(classify(made({ code: "0A000", routine: "RevalidateCachedQuery" }))).toMatchObject(stale);
    expect(classify(made({ code: "26000", where: "PL/pgSQL function f()" })).executed).toBe("yes");
    expect(classify(made({ code: "0A000", routine: "transformX" })).kind).toBe("unsupported");
  });

  it("knows a wrong number of parameters by the server's routine", () => {
    expect(classify(made({ code: "08P01", routine: "exec_bind_message" }))).toMatchObject({
      kind: "parameter",
      connection: "ok",
      executed: "no",
    });
  });

  it("passes the facts of a constraint on", () => {
    const error = made({ code: "23502", constraint: "c", table: "t", column: "k" });
    expect(classify(error)).toMatchObject({ constraint: "c", table: "t", columns: ["k"] });
  });

  it("counts positions in UTF-16 units", () => {
    const error = made({ code: "42601", position: "12" });
    noteFacts(error, { alive: true, sql: "select '😀' frm x" });
    expect(classify(error).position).toBe(13);
    expect(codePointsToUnits("abc", 1)).toBe(1);
    expect(codePointsToUnits("abc", 4)).toBe(4);
    expect(codePointsToUnits("😀😀", 3)).toBe(5);
    expect(codePointsToUnits("ab", 99)).toBe(3);
  });

  it("keeps to the first facts, and survives errors that cannot carry any", () => {
    const error = made({ code: "57014" });
    noteFacts(error, { alive: true, cancelRequested: true });
    noteFacts(error, { alive: true, cancelRequested: false });
    expect(classify(error).kind).toBe("cancelled");
    const frozen = Object.freeze(made({ code: "23505" }));
    expect(() => noteFacts(frozen, { alive: true })).not.toThrow();
    expect(classify(frozen).kind).toBe("unique");
  });

  it.each([undefined, null, 0, "x", Symbol("x"), {}, [], () => 1, { code: "23505" }, made({ code: "" })])(
    "is total: %s",
    (junk) => {
      expect(classify(junk)).toMatchObject({ kind: "other", executed: "maybe" });
    },
  );
});
