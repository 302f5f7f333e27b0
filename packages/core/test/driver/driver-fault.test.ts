import { classifier, DriverFault, type ErrorInfo, unknownError } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";

const deadlock: ErrorInfo = { kind: "deadlock", connection: "ok", executed: "yes", retry: "transaction", code: 1205 };

describe("a connection that was lost before", () => {
  it("says by what, where that is known", () => {
    const lost = DriverFault.alreadyLost(new Error("terminating connection due to idle-session timeout\nmore"));
    expect(lost.message).toBe(
      "the connection was lost before the statement was sent (terminating connection due to idle-session timeout)",
    );
    expect(DriverFault.alreadyLost(undefined).message).toBe("the connection was lost before the statement was sent");
  });
});

describe("a classifier", () => {
  const classify = classifier((error) => (error.message === "deadlock" ? deadlock : undefined));

  it("asks the driver's function about the driver's errors", () => {
    expect(classify(new Error("deadlock"))).toBe(deadlock);
    expect(classify(new Error("something else"))).toBe(unknownError);
  });

  it("answers what a fault carries, which says by default that nothing was sent", () => {
    const refusal = new DriverFault("no arrays here", { kind: "parameter" });
    expect(classify(refusal)).toEqual({ kind: "parameter", connection: "ok", executed: "no", retry: "never" });
    const cause = new Error("socket closed");
    const lost = new DriverFault("closed", { kind: "lost", connection: "dead", retry: "connect" }, cause);
    expect(classify(lost)).toEqual({ kind: "lost", connection: "dead", executed: "no", retry: "connect" });
    expect(lost).toMatchObject({ name: "DriverFault", message: "closed", cause });
  });

  it("does not ask the driver's function about what is no error, and never throws", () => {
    const hostile = new Proxy(new Error("hostile"), {
      get() {
        throw new Error("nobody may look at me");
      },
    });
    const total = classifier(() => {
      throw new Error("a bug in the driver's function");
    });
    for (const value of [undefined, null, "text", 7n, {}, hostile]) expect(classify(value)).toBe(unknownError);
    expect(total(new Error("any"))).toBe(unknownError);
  });
});
