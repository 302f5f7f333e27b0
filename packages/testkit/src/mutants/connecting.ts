import { createConnection } from "node:net";
import { performance } from "node:perf_hooks";
import { ConfigurationError, type ErrorInfo } from "@nsj/mdb-core";
import { LinkError } from "../reference/link-error.ts";
import { referenceDriver } from "../reference/reference-driver.ts";
import { type Mutant, mutant } from "./mutant.ts";

/** Turns with each connection of the mutant that says so. */
let isReadOnlyKnown = false;

/** Bugs in options, connectors, classification and connecting. */
export const connectingMutants: readonly Mutant[] = [
  mutant(
    "takes options that it does not know",
    "meta: refuses an option it does not know, by name and without its value",
    {
      options: ({ host, port, user, password, database }) => ({ host, port, user, password, database }),
    },
  ),
  mutant("shows the password in its target", "meta: says where it connects to without a secret", {
    connector: (connector, { user, password }) => ({
      ...connector,
      target: { ...connector.target, address: `${user}:${password}@${connector.target.address}` },
    }),
  }),
  mutant("opens a socket in connector()", "meta: makes a connector without I/O", {
    connector(connector, { host, port }) {
      createConnection({ host, port })
        .on("error", () => undefined)
        .unref()
        .end();
      return connector;
    },
  }),
  mutant(
    "reads its options again at each connect",
    "meta: leaves the options that it was given alone, and does not notice later changes",
    {
      connector: (connector, options) => ({
        ...connector,
        connect: (context) => referenceDriver.connector(options).connect(context),
      }),
    },
  ),
  mutant(
    "quotes a bad URL with its password",
    "meta: answers a URL that it cannot read with a ConfigurationError that shows no password",
    {
      driver: {
        parseUrl(text) {
          try {
            return referenceDriver.parseUrl(text);
          } catch {
            throw new ConfigurationError(`reference: cannot read ${text}`);
          }
        },
      },
    },
  ),
  mutant(
    "throws when it classifies what it does not expect",
    "meta: classifies anything at all, without throwing and always the same way",
    {
      classify(error, info) {
        return (error as { readonly code: unknown }).code === "never" ? { ...info, kind: "other" } : info;
      },
    },
  ),
  mutant(
    "takes an unknown error for one before anything was executed",
    "meta: classifies anything at all, without throwing and always the same way",
    {
      classify: (_, info) => (info.kind === "other" ? { ...info, executed: "no", retry: "statement" } : info),
    },
  ),
  mutant("has a cancel() that it does not declare", "meta: has a method exactly where it declares the capability", {
    driver: { capabilities: Object.freeze({ ...referenceDriver.capabilities, cancel: "none" }) },
  }),
  mutant("declares a stream() that it does not have", "meta: has a method exactly where it declares the capability", {
    connection(inner) {
      Object.defineProperty(inner, "stream", { value: undefined });
      return inner;
    },
  }),
  mutant(
    "says of its server what it does not declare",
    "meta: says of a server no more than it declares, and of one server always the same",
    {
      connection(inner) {
        Object.defineProperty(inner, "capabilities", { value: { isolation: ["snapshot", "no such level"] } });
        return inner;
      },
    },
  ),
  mutant(
    "says of its server what nobody was told that it may lack",
    "meta: names what its servers may lack, so that core asks them before it decides by it",
    {
      connection(inner) {
        Object.defineProperty(inner, "capabilities", { value: { isolation: [] } });
        return inner;
      },
    },
  ),
  mutant(
    "says another thing of its server each time",
    "meta: says of a server no more than it declares, and of one server always the same",
    {
      connection(inner) {
        isReadOnlyKnown = !isReadOnlyKnown;
        Object.defineProperty(inner, "capabilities", { value: { readOnlyTransactions: isReadOnlyKnown } });
        return inner;
      },
    },
  ),
  mutant(
    "ignores the deadline of a connect",
    "connect: gives up at the deadline on a server that accepts and says nothing",
    {
      connect: (connector, context) => connector.connect({ ...context, deadline: Number.POSITIVE_INFINITY }),
    },
  ),
  mutant(
    "ignores the signal of a connect",
    "connect: stops when its signal is aborted in the middle of the login, and leaves no socket",
    {
      connect: (connector, { deadline }) => connector.connect({ deadline }),
    },
  ),
  mutant(
    "leaves the socket of a connect that timed out",
    "connect: gives up at the deadline on a server that accepts and says nothing",
    {
      connect(connector, { deadline }) {
        const late = new Promise<never>((_, reject) => {
          const error = new LinkError("CONNECT_TIMEOUT", "too late");
          setTimeout(() => reject(error), deadline - performance.now());
        });
        return Promise.race([connector.connect({ deadline: Number.POSITIVE_INFINITY }), late]);
      },
    },
  ),
  mutant(
    "takes a wrong password for a network problem",
    "connect: refuses a wrong password as such, and shows neither password",
    {
      classify: (_, info): ErrorInfo => (info.kind === "auth" ? { ...info, kind: "refused", retry: "connect" } : info),
    },
  ),
  mutant(
    "puts the password into a login error",
    "connect: refuses a wrong password as such, and shows neither password",
    {
      async connect(connector, context, { user, password }) {
        try {
          return await connector.connect(context);
        } catch (error) {
          if (error instanceof Error) error.message += ` (tried ${user}/${password})`;
          throw error;
        }
      },
    },
  ),
  mutant(
    "gives one connection to everybody",
    "connect: opens twenty connections at once, each with a session of its own",
    {
      connector(connector) {
        let shared: ReturnType<typeof connector.connect> | undefined;
        return {
          ...connector,
          connect(context) {
            shared ??= connector.connect(context);
            return shared;
          },
        };
      },
    },
  ),
];
