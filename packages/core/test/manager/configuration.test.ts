import { inspect } from "node:util";
import {
  ConfigurationError,
  ConnectionPool,
  DatabaseManager,
  defineDatabase,
  NotConfiguredError,
  passwordSource,
  UnknownDatabaseError,
} from "@nsj/mdb-core";
import { referenceDriver } from "@nsj/mdb-testkit";
import { afterEach, describe, expect, it } from "vitest";

const good = { host: "127.0.0.1", port: 1, user: "u", password: "s3cret-word", database: "d" };
const definition = () => defineDatabase(referenceDriver, good);
const drivers = [referenceDriver];

afterEach(() => ConnectionPool.closeAllConnections());

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as Error).message;
  }
  throw new Error("nothing was refused");
}

const manager = (entry: unknown, options = {}) =>
  messageOf(() => new DatabaseManager({ orders: entry as never }, options));

describe("a configuration is refused, with the label and what would be right, when it", () => {
  it("is a list", () => {
    expect(messageOf(() => new DatabaseManager([definition()] as never))).toBe(
      'a list is not a configuration any more; give a dictionary with the label of each database as its key: { default_db: { engine: "...", connection_string: "..." } }',
    );
  });

  it("has an option that does not exist", () => {
    const entry = defineDatabase(referenceDriver, { ...good, hots: "x" } as never);
    expect(manager(entry)).toBe('orders (reference): unknown option "hots"; did you mean "host"?');
  });

  it("has a pool option that does not exist, or a wrong value for one", () => {
    expect(manager(defineDatabase(referenceDriver, { ...good, pool: { maximum: 3 } as never }))).toContain(
      '"pool.maximum"',
    );
    const wrong = manager(defineDatabase(referenceDriver, { ...good, pool: { max: "3" as never } }));
    expect(wrong).toContain("orders");
    expect(wrong).toContain("pool.max");
  });

  it("has a wrong value, which is shown unless it is a secret", () => {
    expect(manager(defineDatabase(referenceDriver, { ...good, host: 5 as never }))).toBe(
      'orders (reference): option "host" must be a string, not 5',
    );
    expect(manager(defineDatabase(referenceDriver, { ...good, password: 12345 as never }))).not.toContain("12345");
  });

  it("lacks an option", () => {
    const { user, ...rest } = good;
    expect(manager(defineDatabase(referenceDriver, rest as never))).toBe(
      'orders (reference): option "user" is missing (a string)',
    );
    expect(user).toBe("u");
  });

  it("names an engine without a driver, and says which package has it", () => {
    const message =
      'orders: no driver answers to the engine "postgres"; install @nsj/mdb-adapter-postgres and pass its driver in { drivers: [...] }';
    expect(manager({ engine: "postgres" }, { drivers })).toBe(message);
    expect(manager("postgresql+psycopg2://u:p@h/d", { drivers })).toContain("@nsj/mdb-adapter-postgres");
    expect(manager({ engine: "refrence" }, { drivers })).toContain('did you mean "reference"?');
  });

  it("is no description at all", () => {
    expect(manager(7)).toBe(
      'orders: expected what an adapter\'s factory gives, an object with "engine", or a URL, not a number',
    );
    expect(manager(undefined)).toMatch(/or a URL, not undefined$/);
    expect(manager([])).toMatch(/or a URL, not an array$/);
    expect(manager("no url")).toContain("must be a URL");
  });

  it("is a promise of one, or what one is made with", () => {
    expect(manager(Promise.resolve(definition()))).toBe(
      'orders: expected what an adapter\'s factory gives, an object with "engine", or a URL, not a promise; is an await missing?',
    );
    expect(manager(referenceDriver)).toBe(
      "orders: expected what an adapter's factory gives, an object with \"engine\", or a URL, not the adapter's driver, which goes into { drivers: [...] }",
    );
  });

  it.each<[unknown, string]>([
    [undefined, "undefined"],
    [null, "null"],
    ["postgresql://u:s3cret-word@h/d", "a string"],
    [Promise.resolve({}), "a promise; is an await missing?"],
    [new Map([["orders", definition()]]), "a Map"],
  ])("is no dictionary", (entries, found) => {
    expect(messageOf(() => new DatabaseManager(entries as never))).toBe(
      `the configuration must be an object of labels, not ${found}`,
    );
  });

  it("gives an adapter's factory something else than an object", () => {
    const url = "reference://u:s3cret-word@h/d";
    const given = (options: unknown, ...more: readonly string[]) => {
      const optionKeys = [...referenceDriver.optionKeys, ...more] as never;
      return manager(defineDatabase({ ...referenceDriver, optionKeys }, options as never));
    };
    expect(given(url)).toBe("orders (reference): the options are an object, not a string");
    expect(given([good])).toBe("orders (reference): the options are an object, not an array");
    expect(given(url, "connectionString")).toBe(
      "orders (reference): the options are an object, not a string; a URL goes into { connectionString: ... }",
    );
    expect(given(new URL(url), "filename")).toBe(
      "orders (reference): the options are an object, not a URL; a file goes into { filename: ... }",
    );
    expect(given(undefined, "schema")).toContain('option "host" is missing');
  });

  it("has drivers that are none, or options of the manager that do not exist", () => {
    const url = "reference://u:s3cret-word@h/d";
    expect(manager(url, [referenceDriver])).toBe("the manager: options must be an object, not an array");
    expect(manager(url, { driver: referenceDriver })).toBe(
      'the manager: unknown option "driver"; did you mean "drivers"?',
    );
    const wrong =
      'the manager: option "drivers" must be a list of the drivers that adapters export beside their factories';
    expect(manager(url, { drivers: referenceDriver })).toBe(`${wrong}, not an object`);
    expect(manager(url, { drivers: [referenceDriver, () => definition()] })).toBe(`${wrong}; its item 1 is a function`);
    expect(manager(url, { drivers: [undefined] })).toBe(`${wrong}; its item 0 is undefined`);
  });

  it("asks for a schema where the engine has none", () => {
    expect(manager(defineDatabase(referenceDriver, { ...good, schema: "sales" }))).toContain('no setting for "schema"');
  });

  it("has a label that contradicts its key", () => {
    expect(manager(defineDatabase(referenceDriver, { ...good, label: "other" }))).toContain('"label" says "other"');
  });
});

it("a configuration that turns out wrong when it connects is refused with the label", async () => {
  const ask = passwordSource("reference", (() => undefined) as never);
  const connector = () => ({ ...referenceDriver.connector(good), connect: async () => (await ask()) as never });
  await using made = new DatabaseManager({ orders: defineDatabase({ ...referenceDriver, connector }, good) });
  const failed = made.database("orders").query("select 1");
  await expect(failed).rejects.toThrow(ConfigurationError);
  await expect(failed).rejects.toMatchObject({
    message: "orders (reference): the password function gave undefined, not a string",
    database: "orders",
    engine: "reference",
    key: "password",
  });
});

describe("a configuration as data", () => {
  it("may be a URL, with a SQLAlchemy driver name ignored", () => {
    const urls = { a: "reference+fast://u:p@127.0.0.1:1/d", b: "reference+cx_2://u:p@127.0.0.1:1/d" };
    const made = new DatabaseManager(urls, { drivers });
    expect([made.database("a").engine, made.database("b").engine]).toEqual(["reference", "reference"]);
  });

  it("takes options beside a URL before what that says, and those that are undefined for none", () => {
    const connectionString = "reference://u:p@127.0.0.1:1/d";
    const made = (more: object) => new DatabaseManager({ a: { connectionString, ...more } }, { drivers }).database("a");
    expect(made({ user: undefined, password: undefined }).engine).toBe("reference");
    expect(manager({ connectionString, user: 7 }, { drivers })).toContain('"user" must be a string, not 7');
  });

  it("gives a driver that takes a URL among its options the URL, for it to say what stands above what", () => {
    const given: object[] = [];
    const taking = {
      ...referenceDriver,
      optionKeys: [...referenceDriver.optionKeys, "connectionString"],
      connector(options: object) {
        given.push(options);
        return referenceDriver.connector(good);
      },
    };
    const url = "reference+fast://u:p+q:r@127.0.0.1:1/d";
    const made = (entry: object | string) => new DatabaseManager({ a: entry as never }, { drivers: [taking] });
    made(url);
    made({ engine: "reference", connection_string: url, user: "other", host: undefined });
    const connectionString = "reference://u:p+q:r@127.0.0.1:1/d";
    expect(given).toEqual([{ connectionString }, { connectionString, user: "other" }]);
  });

  it("leaves a text that is no URL as it is, whatever signs are in its values", () => {
    const seen: string[] = [];
    const reading = {
      ...referenceDriver,
      parseUrl(text: string) {
        seen.push(text);
        return good;
      },
    };
    const connectionString = "Server=db;User=u;Password=a+b:c";
    const made = new DatabaseManager({ a: { engine: "reference", connectionString } }, { drivers: [reading] });
    expect(made.labels).toEqual(["a"]);
    expect(seen).toEqual([connectionString]);
  });

  it("may be the Python library's dictionary", () => {
    const made = ConnectionPool.configure(
      {
        default_db: {
          engine: "reference",
          connection_string: "reference://u:p@127.0.0.1:1/d",
          schema: null,
          label: "default_db",
        },
      },
      { drivers },
    );
    expect(made.labels).toEqual(["default_db"]);
    expect(DatabaseManager.database("default_db").engine).toBe("reference");
  });
});

describe("labels", () => {
  it("that do not exist are refused with those that do and the nearest", () => {
    const made = new DatabaseManager({ orders: definition(), audit: definition() });
    const error = (() => {
      try {
        return made.database("ordres" as never);
      } catch (thrown) {
        return thrown as UnknownDatabaseError;
      }
    })();
    expect(error).toBeInstanceOf(UnknownDatabaseError);
    expect(error).toMatchObject({
      message: 'no database is called "ordres": there are "orders", "audit"; did you mean "orders"?',
      suggestion: "orders",
      labels: ["orders", "audit"],
      labelCount: 2,
    });
  });

  it.each<[unknown, string]>([
    [undefined, "undefined"],
    [7, "a number"],
    [{}, "an object"],
  ])("are texts", async (label, found) => {
    const made = new DatabaseManager({ orders: definition(), audit: definition() });
    const message = `a label is a text, not ${found}: there are "orders", "audit"`;
    expect(() => made.database(label as never)).toThrow(UnknownDatabaseError);
    expect(() => made.database(label as never)).toThrow(message);
    await expect(made.getSession(label as never)).rejects.toThrow(message);
    await expect(made.unregister(label as never)).rejects.toThrow(message);
    expect(() => made.register(label as never, definition())).toThrow(`a label is a text, not ${found}`);
  });

  it("that do not exist are refused with the five nearest, where there are thousands", () => {
    const labels = Array.from({ length: 10_000 }, (_, index) => `tenant_${index}`);
    const made = new DatabaseManager(Object.fromEntries(labels.map((label) => [label, definition()])));
    expect(() => made.database("tenant_77777")).toThrow(
      'no database is called "tenant_77777": there are 10000, the nearest are ' +
        '"tenant_7777", "tenant_777", "tenant_1777", "tenant_2777", "tenant_3777"; did you mean "tenant_7777"?',
    );
  });

  it("may be registered once, and again after they were unregistered", async () => {
    const made = new DatabaseManager({ orders: definition() });
    expect(messageOf(() => made.register("orders", definition()))).toBe(
      "orders: this label is taken; unregister it first",
    );
    await made.unregister("orders");
    expect(made.register("orders", definition()).database("orders").label).toBe("orders");
  });
});

describe("the process-wide default", () => {
  it("says what to call when nothing is configured", async () => {
    await expect(DatabaseManager.getSession("default_db")).rejects.toThrow(NotConfiguredError);
    await expect(DatabaseManager.getSession("default_db")).rejects.toThrow(
      "call ConnectionPool.configure({ label: ... }) first",
    );
  });

  it("is configured once, until it is closed", async () => {
    ConnectionPool.configure({ a: definition() });
    expect(messageOf(() => ConnectionPool.configure({ b: definition() }))).toContain("configured already");
    await ConnectionPool.closeAllConnections();
    ConnectionPool.configure({ b: definition() });
    expect(ConnectionPool.manager.labels).toEqual(["b"]);
  });
});

it("shows no credential of a definition or a manager, however it is printed", () => {
  const made = new DatabaseManager({ orders: definition() });
  for (const thing of [definition(), made, made.database("orders")]) {
    const printed = inspect(thing, { depth: 10, showHidden: true }) + JSON.stringify(thing);
    expect(printed).not.toContain("s3cret-word");
  }
});
