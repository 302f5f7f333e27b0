import { DatabaseManager, UnsupportedError } from "@nsj/mdb-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { mssql, mssqlDriver } from "../src/index.ts";
import { loadTedious, type Tedious } from "../src/native.ts";
import { checkDriver } from "../src/self-check.ts";

const changes = vi.hoisted(() => ({ tedious: undefined as unknown }));
vi.mock("../src/native.ts", async (original) => {
  const native = await original<typeof import("../src/native.ts")>();
  return { ...native, loadTedious: () => changes.tedious ?? native.loadTedious() };
});

const installed = loadTedious();
afterEach(() => {
  changes.tedious = undefined;
});

/** A driver that no longer hands its connection's options to its reader of values. */
const readsOtherwise: Tedious = {
  ...installed,
  TYPES: installed.TYPES,
  Request: installed.Request,
  Connection: class extends (installed.Connection as unknown as new (config: object) => { config: object }) {
    constructor(config: object) {
      super(config);
      const { config: own } = this as { config: { options?: object } };
      Object.defineProperty(this, "config", { value: { ...own, options: { ...own.options } } });
      const { createTokenStreamParser } = this as unknown as { createTokenStreamParser(...all: unknown[]): unknown };
      Object.assign(this, {
        createTokenStreamParser: (...all: unknown[]) => createTokenStreamParser.apply({ ...this, config: own }, all),
      });
    }
  } as unknown as Tedious["Connection"],
};

/** A driver whose decimals have another form on the wire. */
const writesOtherwise: Tedious = {
  ...installed,
  Request: installed.Request,
  Connection: installed.Connection,
  TYPES: {
    ...installed.TYPES,
    Decimal: {
      ...(installed.TYPES["Decimal"] as Tedious["TYPES"][string]),
      writeValue: (buffer) => buffer.writeUInt8(0),
    },
  },
};

/** A driver whose types have lost a method that ours stand in for. */
const hasOtherTypes: Tedious = { ...writesOtherwise, TYPES: { ...installed.TYPES, Decimal: {} as never } };

describe("the installed driver", () => {
  it("is read and written exactly", async () => {
    await checkDriver(installed);
  });
});

describe("a driver that has changed", () => {
  it.each([
    ["reads numbers in another way", readsOtherwise, "it reads numbers or dates in another way"],
    ["writes numbers in another way", writesOtherwise, "it writes numbers in another way"],
    ["has other types", hasOtherTypes, "validate is not a function"],
  ])("and %s is an error before anything connects, not a wrong digit", async (_, tedious, why) => {
    changes.tedious = tedious;
    const connecting = mssqlDriver
      .connector({ server: "nowhere.invalid" })
      .connect({ deadline: Number.POSITIVE_INFINITY });
    await expect(connecting).rejects.toSatisfy((error) => {
      const { kind, executed, retry } = mssqlDriver.classify(error);
      expect(String(error.cause)).toContain(why);
      return kind === "unsupported" && executed === "no" && retry === "never";
    });
  });

  it("fails a query at once, with words that say what to do", async () => {
    changes.tedious = writesOtherwise;
    const databases = new DatabaseManager({ main: mssql({ server: "nowhere.invalid" }) });
    const failing = databases.database("main").query("select 1");
    await expect(failing).rejects.toThrow(UnsupportedError);
    await expect(failing).rejects.toThrow(/install the versions/);
    await databases.close();
  });
});
