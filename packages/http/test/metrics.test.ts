import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { DatabaseManager, defineDatabase, type PoolStats } from "@nsj/mdb-core";
import { tenants } from "@nsj/mdb-tenants";
import { fakeDriver } from "@nsj/mdb-testkit";
import { afterEach, describe, expect, it } from "vitest";
import { metrics } from "../src/index.ts";

interface Family {
  readonly type: string;
  readonly help: string;
  readonly samples: { readonly name: string; readonly labels: Record<string, string>; readonly value: number }[];
}

/** Reads the text format by its own rules, and refuses what breaks them. */
function parse(text: string): ReadonlyMap<string, Family> {
  expect(text.endsWith("\n")).toBe(true);
  const families = new Map<string, Family>();
  let current: { name: string; family: Family } | undefined;
  for (const line of text.slice(0, -1).split("\n")) {
    const help = /^# HELP ([a-zA-Z_:][\w:]*) (.+)$/.exec(line);
    const type = /^# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram)$/.exec(line);
    if (help !== null) {
      const [, name = "", words = ""] = help;
      if (families.has(name)) throw new Error(`${name} comes twice`);
      current = { name, family: { type: "", help: words, samples: [] } };
    } else if (type !== null) {
      if (current?.name !== type[1]) throw new Error(`the type of ${type[1]} does not follow its help`);
      current = {
        name: current?.name ?? "",
        family: { ...(current as { family: Family }).family, type: type[2] ?? "" },
      };
      families.set(current.name, current.family);
    } else {
      const [, name = "", inner = "", value = ""] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      if (current === undefined || !name.startsWith(current.name))
        throw new Error(`not a sample of its family: ${line}`);
      current.family.samples.push({
        name,
        labels: labelsOf(inner),
        value: value === "+Inf" ? Number.POSITIVE_INFINITY : Number(value),
      });
      expect(Number.isNaN(current.family.samples.at(-1)?.value)).toBe(false);
    }
  }
  return families;
}

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  let rest = text;
  while (rest !== "") {
    const found = /^([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/.exec(rest);
    if (found === null) throw new Error(`not labels: ${rest}`);
    const [all, key = "", value = ""] = found;
    labels[key] = value.replace(/\\([\\"n])/g, (_, it: string) => (it === "n" ? "\n" : it));
    rest = rest.slice(all.length);
  }
  return labels;
}

const open: DatabaseManager[] = [];
afterEach(async () => {
  for (const manager of open.splice(0)) await manager.close();
});

function managerOf(...labels: string[]): DatabaseManager {
  const manager = new DatabaseManager(
    Object.fromEntries(
      labels.map((label) => [label, defineDatabase(fakeDriver().driver, { pool: { max: 3, min: 1 } })]),
    ),
  );
  open.push(manager);
  return manager;
}

describe("the page for Prometheus", () => {
  it("is what the format asks for, also of a label with signs in it", async () => {
    const label = 'or"ders\\\n';
    const manager = managerOf(label);
    await manager.database(label).query("select 1");
    const families = parse(metrics(manager).text());
    const pool = { db_client_connection_pool_name: label };
    for (const [name, { type, help, samples }] of families) {
      expect(name.endsWith("_total")).toBe(type === "counter");
      expect(help).toMatch(/\.$/);
      for (const { labels } of samples) expect(labels).toMatchObject(pool);
    }
    expect(families.get("db_client_connection_max")?.samples).toEqual([
      { name: "db_client_connection_max", labels: pool, value: 3 },
    ]);
    expect(families.get("db_client_connection_idle_min")?.samples[0]?.value).toBe(1);
    const states = families
      .get("db_client_connection_count")
      ?.samples.map(({ labels, value }) => [labels["db_client_connection_state"], value]);
    expect(states).toEqual([
      ["idle", 1],
      ["used", 0],
    ]);
    expect(families.get("mdb_client_connection_acquired_total")?.samples[0]?.value).toBe(1);
    const healths = families
      .get("mdb_client_pool_health")
      ?.samples.map(({ labels, value }) => [labels["state"], value]);
    expect(Object.fromEntries(healths ?? [])).toEqual({ ok: 1, degraded: 0, down: 0, probing: 0 });
  });

  it("has histograms in seconds whose buckets count on, to infinity", async () => {
    const manager = managerOf("orders");
    for (let round = 0; round < 3; round++) await manager.database("orders").query("select 1");
    const families = parse(metrics(manager).text());
    for (const name of ["db_client_connection_wait_time_seconds", "db_client_connection_use_time_seconds"]) {
      const { type, samples } = families.get(name) as Family;
      expect(type).toBe("histogram");
      const buckets = samples.filter((it) => it.name === `${name}_bucket`);
      const counts = buckets.map(({ value }) => value);
      expect(counts).toEqual([...counts].sort((one, other) => one - other));
      expect(buckets.at(-1)?.labels["le"]).toBe("+Inf");
      expect(buckets[0]?.labels["le"]).toBe("0.001");
      expect(samples.find((it) => it.name === `${name}_count`)?.value).toBe(3);
      expect(counts.at(-1)).toBe(3);
      expect(samples.find((it) => it.name === `${name}_sum`)?.value).toBeGreaterThanOrEqual(0);
    }
  });

  it("adds up labels that share a pool's name", () => {
    const families = parse(metrics(managerOf("t1", "t2"), { poolName: () => "tenant" }).text());
    expect(families.get("db_client_connection_max")?.samples).toEqual([
      { name: "db_client_connection_max", labels: { db_client_connection_pool_name: "tenant" }, value: 6 },
    ]);
    expect(families.get("mdb_client_pool_health")?.samples.map(({ value }) => value)).toEqual([2, 0, 0, 0]);
  });

  it("knows the reasons of every pool that shares a name, whichever comes first", () => {
    const one = managerOf("t").database("t").stats();
    const destroyed = { died: 1 } as unknown as PoolStats["destroyed"];
    const rejected = { queueFull: 2 } as unknown as PoolStats["rejected"];
    const known = { ...one.destroyed, died: 2, leaked: 3 };
    const other = { ...one, destroyed: known, rejected: { ...one.rejected, down: 4 } };
    for (const stats of [
      { t1: { ...one, destroyed, rejected }, t2: other },
      { t1: other, t2: { ...one, destroyed, rejected } },
    ]) {
      const families = parse(metrics({ stats: () => stats }, { poolName: () => "tenant" }).text());
      const counts = (name: string) =>
        families.get(name)?.samples.flatMap(({ labels, value }) => (value > 0 ? [[labels["reason"], value]] : []));
      expect(counts("mdb_client_connection_closed_total")).toEqual([
        ["died", 3],
        ["leaked", 3],
      ]);
      expect(Object.fromEntries(counts("mdb_client_request_rejected_total") ?? [])).toEqual({ queueFull: 2, down: 4 });
      expect(families.get("mdb_client_connection_closed_total")?.samples).toHaveLength(Object.keys(known).length);
    }
  });

  it("tells what recovery saw in doubt, and nothing where nobody knows", () => {
    const one = managerOf("t").database("t").stats();
    const stats = {
      waits: { ...one, inDoubt: { count: 2, oldestPreparedAt: Date.now() - 5_000 } },
      ageless: { ...one, inDoubt: { count: 1 } },
      clean: { ...one, inDoubt: { count: 0 } },
      unknown: one,
    };
    const families = parse(metrics({ stats: () => stats }).text());
    const samples = (name: string) =>
      Object.fromEntries((families.get(name)?.samples ?? []).map((it) => [it.labels["mdb_database"], it.value]));
    expect(samples("mdb_in_doubt")).toEqual({ waits: 2, ageless: 1, clean: 0 });
    const ages = samples("mdb_in_doubt_age_seconds");
    expect(ages).toEqual({ waits: expect.any(Number), clean: 0 });
    expect(ages["waits"]).toBeGreaterThanOrEqual(5);
    expect(parse(metrics({ stats: () => ({ unknown: one }) }).text()).has("mdb_in_doubt")).toBe(false);
  });

  it("is empty without databases", () => expect(metrics(new DatabaseManager({})).text()).toBe(""));

  it("is served over HTTP, to be read only", async () => {
    const server = createServer(metrics(managerOf("orders"))).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
    const answer = await fetch(url);
    expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(parse(await answer.text()).size).toBeGreaterThan(15);
    expect((await fetch(url, { method: "POST" })).status).toBe(405);
    server.closeAllConnections();
    server.close();
  });
});

it("tells tenants apart by the groups that they are counted in, and never by their ids", async () => {
  const { driver } = fakeDriver({ name: "fake" });
  const shops = tenants({
    driver,
    resolve: (name) => defineDatabase(driver, { name } as never),
    metricTenant: (id) => (id.startsWith("g") ? "gold" : "free"),
  });
  const databases = new DatabaseManager({ shop: shops });
  for (const id of ["g1", "g2", "f1"]) await shops.run(id, () => databases.database("shop").query("select 1 as one"));
  const text = metrics(databases).text();
  const acquired = parse(text).get("mdb_client_connection_acquired_total")?.samples;
  expect(
    acquired?.map(({ labels, value }) => [labels["db_client_connection_pool_name"], labels["mdb_tenant"], value]),
  ).toEqual([
    ["shop", "gold", 2],
    ["shop", "free", 1],
  ]);
  expect(text).not.toMatch(/\b[gf]\d\b/);
  await databases.close();
});
