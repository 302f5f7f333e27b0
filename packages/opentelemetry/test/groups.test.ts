import {
  type Composite,
  type CompositeEnvironment,
  type CompositeManager,
  type Database,
  DatabaseManager,
  defineDatabase,
  openComposite,
  type PoolStats,
  RoutedDatabase,
  type Router,
} from "@nsj/mdb-core";
import { fakeDriver } from "@nsj/mdb-testkit";
import { expect, it } from "vitest";
import { instrument } from "../src/index.ts";
import { TelemetryUnderTest } from "./telemetry-under-test.ts";

const telemetry = new TelemetryUnderTest();
const { driver } = fakeDriver({ name: "fake" });

/** A label that stands for two databases, each in a group of metrics: what `tenants` is, without coming and going. */
class Two implements Composite<RoutedDatabase> {
  readonly engine = driver.name;
  current = "a";

  [openComposite](label: string, _: CompositeManager, environment: CompositeEnvironment): RoutedDatabase {
    const members = new Map<string, Database>();
    for (const [key, group] of [
      ["a", "gold"],
      ["b", "free"],
    ] as const) {
      members.set(
        key,
        environment.member(defineDatabase(driver, { name: `${label} ${key}` } as never), { key, group }),
      );
    }
    const statsOf = (key: string): PoolStats => (members.get(key) as Database).stats();
    const router: Router = {
      key: () => this.current,
      closed: false,
      enter: (key) => ({ database: members.get(key) as Database, end: () => {} }),
      connect: async () => {},
      evict: () => {},
      health: async () => ({ status: "up", latencyMs: 0 }),
      close: async () => void (await Promise.all([...members.values()].map((it) => it.close()))),
    };
    const stats = (): PoolStats => ({ ...statsOf("a"), groups: { gold: statsOf("a"), free: statsOf("b") } });
    return new RoutedDatabase(environment.routed(driver, router, { stats }));
  }
}

it("what stands behind one label is told apart by its group, and its key is in no metric", async () => {
  const two = new Two();
  await using databases = new DatabaseManager({ two });
  using _ = instrument(databases, telemetry.providers);
  for (const key of ["a", "b", "b"]) {
    two.current = key;
    await databases.database("two").query("select 1 as one");
  }
  const all = await telemetry.collect();
  const pointsOf = (name: string) =>
    all.get(name)?.dataPoints.map(({ attributes, value }) => {
      const count = typeof value === "number" ? value : (value as { readonly count: number }).count;
      return `${attributes["mdb.tenant"]} ${count}`;
    });
  expect(pointsOf("db.client.operation.duration")).toEqual(["gold 1", "free 2"]);
  expect(pointsOf("db.client.connection.use_time")).toEqual(["gold 1", "free 2"]);
  expect(pointsOf("db.client.connection.create_time")).toEqual(["gold 1", "free 1"]);
  expect(pointsOf("db.client.connection.max")).toEqual(["gold 10", "free 10"]);
  const values = [...all.values()].flatMap((it) =>
    it.dataPoints.flatMap(({ attributes }) => Object.values(attributes)),
  );
  expect(values).not.toContain("a");
});
