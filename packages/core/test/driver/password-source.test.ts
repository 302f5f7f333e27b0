import { expect, it } from "vitest";
import { ConfigurationError, DriverFault, passwordSource } from "../../src/index.ts";

it("a password that is a text, or absent, is given as it is", async () => {
  expect(await passwordSource("shop", "p")()).toBe("p");
  expect(await passwordSource("shop", undefined)()).toBeUndefined();
});

it("a function for it is asked for each connect, and not before", async () => {
  let asked = 0;
  const source = passwordSource("shop", () => `p${++asked}`);
  expect(asked).toBe(0);
  expect([await source(), await source()]).toEqual(["p1", "p2"]);
});

it.each([
  [
    "throws",
    () => {
      throw new Error("no token");
    },
  ],
  ["rejects", () => Promise.reject(new Error("no token"))],
])("one that %s is told as a refused connect with its error as the cause", async (_, password) => {
  const error: unknown = await passwordSource("shop", password)().catch((it: unknown) => it);
  expect(error).toBeInstanceOf(DriverFault);
  expect(error).toMatchObject({
    message: "the password function failed",
    info: { kind: "refused", executed: "no", retry: "connect" },
    cause: { message: "no token" },
  });
});

it("one that gives something else is told by the kind of that, and never by its value", async () => {
  for (const gift of [4711, undefined, { secret: "4711" }, Buffer.from("4711")]) {
    const error: unknown = await passwordSource("shop", () => gift as never)().catch((it: unknown) => it);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error).toMatchObject({ key: "password", message: expect.not.stringContaining("4711") });
  }
});
