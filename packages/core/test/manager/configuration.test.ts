import { inspect } from "node:util";
import {
  ConfigurationError,
  ConnectionPool,
  DatabaseManager,
  defineDatabase,
  NotConfiguredError,
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
    expect(manager(undefined)).toContain("not a undefined");
    expect(manager("no url")).toContain("must be a URL");
  });

  it("asks for a schema where the engine has none", () => {
    expect(manager(defineDatabase(referenceDriver, { ...good, schema: "sales" }))).toContain('no setting for "schema"');
  });

  it("has a label that contradicts its key", () => {
    expect(manager(defineDatabase(referenceDriver, { ...good, label: "other" }))).toContain('"label" says "other"');
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
