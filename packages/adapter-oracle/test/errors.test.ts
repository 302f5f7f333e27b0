import { type ErrorKind, errorKinds } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { classify } from "../src/errors.ts";

/** An error as the driver makes them of the server's. */
function ora(number: number, message = "told in some language"): Error {
  const code = `ORA-${String(number).padStart(5, "0")}`;
  return Object.assign(new Error(`${code}: ${message}`), { code, errorNum: number });
}

const meanings: readonly (readonly [number: number, kind: ErrorKind])[] = [
  [1, "unique"],
  [54, "lock-timeout"],
  [60, "deadlock"],
  [904, "undefined-object"],
  [942, "undefined-object"],
  [1013, "cancelled"],
  [1400, "not-null"],
  [2290, "check"],
  [2291, "foreign-key"],
  [2292, "foreign-key"],
  [8177, "serialization"],
];

describe("errors of the server", () => {
  it.each(meanings)("ORA-%i is %s, and the connection survives it", (number, kind) => {
    const info = classify(ora(number));
    expect(info).toMatchObject({ kind, connection: "ok" });
    expect(info.code).toBe(`ORA-${String(number).padStart(5, "0")}`);
  });

  it("let a deadlock's or a serialization failure's transaction be run again, and no violation's", () => {
    expect(classify(ora(60)).retry).toBe("transaction");
    expect(classify(ora(8177)).retry).toBe("transaction");
    expect(classify(ora(1)).retry).toBe("never");
  });
});

describe("errors of the driver", () => {
  it("tell a lost connection by its code", () => {
    const lost = Object.assign(new Error("NJS-500: connection to the Oracle Database was broken"), { code: "NJS-500" });
    expect(classify(lost)).toMatchObject({ kind: "lost", connection: "dead" });
  });
});

it("are classified whatever they are, and nothing ever throws", () => {
  for (const junk of [undefined, null, 0, "text", {}, [], Symbol("x"), new Error("plain"), ora(99_999)]) {
    expect(errorKinds).toContain(classify(junk).kind);
  }
});
