import assert from "node:assert/strict";
import { createHook } from "node:async_hooks";
import { inspect } from "node:util";
import { ConfigurationError, contextParts, type DriverConnection, isolationLevels } from "@nsj/mdb-core";
import type { Area } from "./area.ts";
import { junk } from "./junk.ts";
import { supplied } from "./need.ts";
import { announcesWhatMayLack, saysOfServer } from "./says-of-server.ts";

/** A word that no options contain by accident. */
const sentinel = "xyzzy-plugh-4711";

export const meta: Area = {
  name: "meta",
  cases: [
    {
      name: "speaks version 1 of the interface and names itself in lower case",
      async run({ driver }) {
        assert.equal(driver.spi, 1);
        assert.match(driver.name, /^[a-z][a-z0-9-]*$/);
        assert.ok(driver.schemes.includes(driver.name), "its own name is among its schemes");
        for (const scheme of driver.schemes) assert.match(scheme, /^[a-z][a-z0-9+.-]*$/, "lower case, no colon");
        assert.equal(new Set(driver.schemes).size, driver.schemes.length, "each scheme once");
        assert.equal(new Set(driver.optionKeys).size, driver.optionKeys.length, "each option key once");
      },
    },
    {
      name: "is frozen, its capabilities and dialect too",
      async run({ driver }) {
        assert.ok(Object.isFrozen(driver), "driver");
        assert.ok(Object.isFrozen(driver.capabilities), "driver.capabilities");
        assert.ok(Object.isFrozen(driver.dialect), "driver.dialect");
      },
    },
    {
      name: "declares capabilities that the interface knows",
      async run({ capabilities }) {
        const oneOf = (key: keyof typeof capabilities, ...values: readonly unknown[]) =>
          assert.ok(values.includes(capabilities[key]), `capability ${key}: ${inspect(capabilities[key])}`);
        oneOf("concurrency", "single", "pipelined");
        oneOf("execution", "async", "sync");
        oneOf("cancel", "none", "in-band", "out-of-band");
        oneOf("stream", "none", "cursor", "socket");
        oneOf("reset", "none", "round-trip", "deferred");
        oneOf("savepoints", "none", "no-release", "full");
        oneOf("branches", undefined, "none", "at-commit", "from-begin");
        const flags = [
          "noticesSessionChanges",
          "prepared",
          "executeMany",
          "bulkLoad",
          "readOnlyTransactions",
          "deferrableTransactions",
          "multipleResultSets",
          "procedures",
        ] as const;
        for (const key of flags) oneOf(key, true, false);
        for (const level of capabilities.isolation) assert.ok(isolationLevels.includes(level), level);
        assert.equal(new Set(capabilities.isolation).size, capabilities.isolation.length, "each level once");
        oneOf("fates", true, false, undefined);
        const { context, maxConnections } = capabilities;
        for (const part of context ?? []) assert.ok(contextParts.includes(part), part);
        assert.notEqual(context?.length, 0, "context is absent where nothing of it can be done");
        assert.ok(maxConnections === undefined || (Number.isSafeInteger(maxConnections) && maxConnections > 0));
      },
    },
    {
      name: "has a method exactly where it declares the capability",
      async run(bench) {
        const connection = await bench.connect();
        // Whatever a server lacks of it, its connections are all alike.
        const capabilities = { ...bench.driver.capabilities, ...bench.connector.capabilities };
        const hasBranches = (capabilities.branches ?? "none") !== "none";
        const declared: readonly [keyof DriverConnection, boolean][] = [
          ["cancel", capabilities.cancel !== "none"],
          ["stream", capabilities.stream !== "none"],
          ["reset", capabilities.reset !== "none"],
          ["executeMany", capabilities.executeMany],
          ["prepareBranch", hasBranches],
          ["finishPrepared", hasBranches],
          ["listPrepared", hasBranches],
          ["bulkLoad", capabilities.bulkLoad],
          ["call", capabilities.procedures],
          ["setContext", capabilities.context !== undefined],
          ["fateOf", capabilities.fates === true],
          ["savepoint", capabilities.savepoints !== "none"],
          ["rollbackTo", capabilities.savepoints !== "none"],
          ["releaseSavepoint", capabilities.savepoints === "full"],
        ];
        for (const [member, expected] of declared) {
          assert.equal(typeof connection[member] === "function", expected, `${member}() and its capability`);
        }
        assert.equal(
          typeof connection.dirty,
          capabilities.noticesSessionChanges ? "boolean" : "undefined",
          "dirty and noticesSessionChanges",
        );
        assert.equal(typeof connection.ref, typeof connection.unref, "ref() and unref() come together");
      },
    },
    {
      name: "makes a connector without I/O",
      async run(bench) {
        const started: string[] = [];
        const hook = createHook({
          init: (_, type) => {
            if (/WRAP|REQ|CALLBACK$|Timeout|Immediate/.test(type) && type !== "TickObject") started.push(type);
          },
        });
        const options = bench.subject.options();
        hook.enable();
        let connector: unknown;
        try {
          connector = bench.newConnector(options);
        } finally {
          hook.disable();
        }
        assert.deepEqual(started, [], "no socket, look-up, file operation or timer was started");
        assert.ok(!(connector instanceof Promise), "connector() gives the connector, not a promise");
      },
    },
    {
      name: "knows every key of the good options",
      async run({ driver, subject }) {
        const known = driver.optionKeys as readonly string[];
        for (const key of Object.keys(subject.options())) assert.ok(known.includes(key), `option key ${key}`);
      },
    },
    {
      name: "leaves the options that it was given alone, and does not notice later changes",
      async run(bench) {
        const options = bench.subject.options();
        const before = inspect(options, { depth: 5 });
        const connector = bench.newConnector(options);
        assert.equal(inspect(options, { depth: 5 }), before);
        for (const key of Object.keys(options)) Reflect.deleteProperty(options, key);
        await bench.works(await bench.connect(connector));
      },
    },
    {
      name: "refuses an option it does not know, by name and without its value",
      async run({ driver, subject }) {
        const options = { ...subject.options(), notAnOption: sentinel };
        assert.throws(
          () => driver.connector(options),
          (error) => {
            assert.ok(error instanceof ConfigurationError, `a ConfigurationError, not ${String(error)}`);
            assert.match(error.message, /notAnOption/);
            return true;
          },
        );
      },
    },
    {
      name: "refuses options that are not an object",
      async run({ driver }) {
        for (const options of [null, undefined, 7, [], true]) {
          assert.throws(() => driver.connector(options as unknown as object), ConfigurationError, inspect(options));
        }
      },
    },
    {
      name: "reads the URL that it is given",
      needs: [supplied("url")],
      async run(bench) {
        const connector = bench.newConnector(bench.driver.parseUrl(bench.subject.url?.() ?? ""));
        await bench.works(await bench.connect(connector));
      },
    },
    {
      name: "answers a URL that it cannot read with a ConfigurationError that shows no password",
      async run({ driver }) {
        const [scheme] = driver.schemes;
        const urls = [`${scheme}://user:${sentinel}@[::bad/x`, `${scheme}://user:${sentinel}@host:99999999/x`];
        for (const url of urls) {
          let error: unknown;
          try {
            driver.connector(driver.parseUrl(url));
          } catch (thrown) {
            error = thrown;
          }
          // An embedded engine may take nearly everything for a file's name.
          if (error === undefined) continue;
          assert.ok(error instanceof ConfigurationError, `a ConfigurationError, not ${String(error)}`);
          assert.ok(!inspect(error, { depth: 9 }).includes(sentinel), "the password is not in the error");
        }
      },
    },
    {
      name: "says where it connects to without a secret",
      needs: [supplied("secret")],
      async run(bench) {
        const secret = bench.subject.secret?.() ?? "";
        assert.ok(secret.length >= 4, "the subject's secret is long enough to be recognised");
        assert.ok(bench.connector.target.address.length > 0);
        const connection = await bench.connect();
        for (const [what, thing] of Object.entries({
          target: bench.connector.target,
          connector: bench.connector,
          connection,
        })) {
          assert.ok(!inspect(thing, { depth: 9, showHidden: false }).includes(secret), `inspect(${what})`);
          assert.ok(!stringified(thing).includes(secret), `JSON.stringify(${what})`);
        }
      },
    },
    {
      name: "classifies anything at all, without throwing and always the same way",
      async run({ driver }) {
        for (const value of junk()) {
          const info = driver.classify(value);
          assert.deepEqual(driver.classify(value), info);
          assert.equal(typeof info.kind, "string");
          assert.ok(["ok", "suspect", "dead"].includes(info.connection), String(info.connection));
          assert.ok(["maybe", "yes", "no"].includes(info.executed), String(info.executed));
          assert.ok(["never", "connect", "statement", "transaction"].includes(info.retry), String(info.retry));
          assert.notEqual(info.executed, "no", "what nobody knows may have been executed");
        }
      },
    },
    saysOfServer,
    announcesWhatMayLack,
    {
      name: "narrows its capabilities for these options, and never widens them",
      async run({ driver, connector }) {
        const narrowed = connector.capabilities ?? {};
        for (const [key, value] of Object.entries(narrowed)) {
          const whole = driver.capabilities[key as keyof typeof driver.capabilities];
          if (whole === false || whole === "none") assert.equal(value, whole, `capability ${key}`);
        }
        for (const level of narrowed.isolation ?? []) assert.ok(driver.capabilities.isolation.includes(level), level);
      },
    },
  ],
};

function stringified(thing: unknown): string {
  try {
    return JSON.stringify(thing) ?? "";
  } catch {
    return "";
  }
}
