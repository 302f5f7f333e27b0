import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import { inspect } from "node:util";
import type { Fault } from "../proxy/fault.ts";
import type { Area } from "./area.ts";
import type { Bench } from "./bench.ts";
import { connections, supplied } from "./need.ts";
import { soon } from "./wait.ts";

export const connect: Area = {
  name: "connect",
  cases: [
    {
      name: "opens a connection that is usable, outside a transaction and has no onFatal yet",
      async run(bench) {
        const connection = await bench.connector.connect(soon());
        try {
          assert.equal(connection.onFatal, null);
          await bench.works(connection);
        } finally {
          connection.destroy();
        }
      },
    },
    {
      name: "opens twenty connections at once, each with a session of its own",
      needs: [connections(20)],
      async run(bench) {
        const opened = await Promise.all(Array.from({ length: 20 }, () => bench.connect()));
        assert.equal(new Set(opened).size, 20);
        const answers = await Promise.all(
          opened.map((connection, index) => bench.texts(connection, bench.select(`${index} + 0`))),
        );
        assert.deepEqual(
          answers.map(([text]) => text),
          opened.map((_, index) => String(index)),
        );
      },
    },
    {
      name: "two connectors with the same options reach the same data",
      needs: [connections(2)],
      async run(bench) {
        const first = await bench.connect();
        const table = await bench.table(first, `id ${bench.subject.types.integer}`);
        await bench.run(first, `insert into ${table} (id) values (7)`);
        const second = await bench.connect(bench.newConnector(bench.subject.options()));
        assert.deepEqual(await bench.texts(second, `select id from ${table}`), ["7"]);
      },
    },
    {
      name: "rejects when its signal is aborted already",
      async run(bench) {
        const signal = AbortSignal.abort(new Error("gave up"));
        await bench.failing(() => bench.connect(bench.connector, { ...soon(), signal }), "connect()");
      },
    },
    {
      name: "refuses a wrong password as such, and shows neither password",
      needs: [supplied("wrong", "password")],
      async run(bench) {
        const wrong = bench.subject.wrong?.password?.() ?? {};
        const connector = bench.newConnector(wrong);
        const { error, info } = await bench.failingWith("auth", () => bench.connect(connector));
        assert.equal(info.connection, "dead");
        const shown = inspect(error, { depth: 9 });
        for (const secret of [bench.subject.secret?.(), ...differentTexts(wrong, bench.subject.options())]) {
          if (secret !== undefined) assert.ok(!shown.includes(secret), "no password in the error");
        }
      },
    },
    {
      name: "refuses an unknown database as such",
      needs: [supplied("wrong", "database")],
      async run(bench) {
        const connector = bench.newConnector(bench.subject.wrong?.database?.() ?? {});
        const { info } = await bench.failingWith("unknown-database", () => bench.connect(connector));
        assert.equal(info.connection, "dead");
      },
    },
    {
      name: "says that nobody listens",
      needs: [supplied("network")],
      run: (bench) => failsBehind(bench, { kind: "refuse" }, ["refused"]),
    },
    {
      name: "survives a server that accepts and closes",
      needs: [supplied("network")],
      run: (bench) => failsBehind(bench, { kind: "accept-and-close" }, ["lost", "refused"]),
    },
    {
      name: "survives a server that accepts and resets",
      needs: [supplied("network")],
      run: (bench) => failsBehind(bench, { kind: "accept-and-close", ending: "reset" }, ["lost", "refused"]),
    },
    {
      name: "gives up at the deadline on a server that accepts and says nothing",
      needs: [supplied("network")],
      run: (bench) => failsBehind(bench, { kind: "accept-and-hang" }, ["connect-timeout"], 300),
    },
    {
      name: "gives up at the deadline when the network goes silent in the middle of the login",
      needs: [supplied("network")],
      run: (bench) => failsBehind(bench, { kind: "hold", direction: "to-client" }, ["connect-timeout"], 300),
    },
    {
      name: "fails cleanly when the login is cut after its first bytes",
      needs: [supplied("network")],
      async run(bench) {
        for (const afterBytes of [1, 2, 5, 9]) {
          await failsBehind(bench, { kind: "cut", direction: "to-client", afterBytes }, ["lost", "refused"]);
        }
      },
    },
    {
      name: "stops when its signal is aborted in the middle of the login, and leaves no socket",
      needs: [supplied("network")],
      async run(bench) {
        const { proxy, connector } = await bench.behindProxy();
        await proxy.set({ kind: "accept-and-hang" });
        const abort = new AbortController();
        const opening = bench.connect(connector, { ...soon(60_000), signal: abort.signal });
        opening.catch(() => undefined);
        abort.abort(new Error("gave up"));
        await bench.failing(() => opening, "connect()");
        await bench.within(proxy.drained(), "the socket of a connect() that was aborted");
      },
    },
    {
      name: "logs in over a slow and piecemeal network",
      needs: [supplied("network")],
      async run(bench) {
        const { proxy, connector } = await bench.behindProxy();
        await proxy.set({ kind: "trickle", bytes: 1 });
        await bench.works(await bench.connect(connector));
        await proxy.set({ kind: "latency", milliseconds: 5 });
        await bench.works(await bench.connect(connector));
      },
    },
    {
      name: "works again as soon as the server is back",
      needs: [supplied("network")],
      async run(bench) {
        const { proxy, connector } = await bench.behindProxy();
        await proxy.set({ kind: "refuse" });
        await bench.failing(() => bench.connect(connector));
        await proxy.set({ kind: "pass" });
        await bench.works(await bench.connect(connector));
      },
    },
    {
      name: "encrypts where it is told to",
      needs: [supplied("tls")],
      async run(bench) {
        await bench.works(await bench.connect(bench.newConnector(bench.subject.tls?.trusted() ?? {})));
      },
    },
    {
      name: "refuses a certificate that it has no reason to trust",
      needs: [supplied("tls", "untrusted")],
      async run(bench) {
        const connector = bench.newConnector(bench.subject.tls?.untrusted?.() ?? {});
        const { info } = await bench.failingWith(["refused", "auth"], () => bench.connect(connector));
        assert.equal(info.connection, "dead");
      },
    },
  ],
};

/** Connecting under this fault fails in one of these ways, by the deadline, and leaves no socket behind. */
async function failsBehind(
  bench: Bench,
  fault: Fault,
  kinds: Parameters<Bench["failingWith"]>[0],
  milliseconds = 10_000,
): Promise<void> {
  const { proxy, connector } = await bench.behindProxy();
  await proxy.set(fault);
  const deadline = performance.now() + milliseconds;
  const { info } = await bench.failingWith(kinds, () => bench.connect(connector, { deadline }));
  assert.equal(info.connection, "dead", "there is no connection");
  assert.equal(info.executed, "no", "nothing was executed, so connecting again is safe");
  await bench.within(proxy.drained(), "the socket of a connect() that failed");
}

/** The texts in which some options differ from others: here the wrong password. */
function differentTexts(options: object, from: object): readonly string[] {
  const known = new Set<unknown>(Object.values(from));
  return Object.values(options).filter((it): it is string => typeof it === "string" && !known.has(it));
}
