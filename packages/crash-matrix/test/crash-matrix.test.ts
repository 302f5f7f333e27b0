import { mysqlNeeded } from "@nsj/mdb-wire-servers";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Bed, makeBed, recoverAndLook, startCoordinator } from "../src/bed.ts";
import { nextId, playPoint } from "../src/play-point.ts";
import { nameOf, type Point, type Topology } from "../src/points.ts";

let bed: Bed;
beforeAll(async () => {
  bed = await makeBed();
});
afterAll(() => bed.stop());

const three: Topology = { labels: ["a", "b", "c"], decider: "c" };
const two: Topology = { labels: ["a", "b"], decider: "a" };
const die = { kill: "coordinator" } as const;

// One point of each kind; `pnpm crash-matrix` plays all of them.
const points: readonly (readonly [Point, boolean | undefined])[] = [
  [{ ...three, at: "b prepare answered", event: die }, false],
  [{ ...three, at: "c decide answered", event: die }, false],
  [{ ...three, at: "c commit answered", event: die }, true],
  [{ ...three, at: "b finish sent", event: die }, true],
  [{ ...two, at: "a commit sent", event: die }, undefined],
  [{ ...two, at: "b prepare sent", event: { kill: "server", of: "b" } }, undefined],
  [{ ...two, at: "a decide answered", event: { kill: "server", of: "a" } }, false],
  [{ ...two, at: "a commit answered", event: { kill: "server", of: "b" } }, true],
];

describe("a transaction over several databases is whole after recovery", () => {
  for (const [point, committed] of points) {
    it(nameOf(point), async () => {
      const { faults, has } = await playPoint(bed, point);
      expect(faults).toEqual([]);
      if (committed !== undefined) expect(new Set(Object.values(has))).toEqual(new Set([committed]));
    });
  }
});

const mixed: Topology = { labels: ["a", "m", "c"], decider: "c" };
const branch: Topology = { labels: ["m", "a"], decider: "a" };
const decider: Topology = { labels: ["a", "m"], decider: "m" };

const pointsOfMariadb: readonly (readonly [Point, boolean | undefined])[] = [
  [{ ...branch, at: "m prepare answered", event: die }, false],
  [{ ...mixed, at: "m finish before", event: die }, true],
  [{ ...decider, at: "m commit sent", event: die }, undefined],
  [{ ...branch, at: "m prepare answered", event: { kill: "server", of: "m" } }, true],
  [{ ...decider, at: "m commit answered", event: { kill: "server", of: "a" } }, true],
];

describe("a transaction over MariaDB and others is whole after recovery", () => {
  for (const [point, committed] of pointsOfMariadb) {
    it(nameOf(point), async ({ skip }) => {
      if (bed.mariadb === undefined) skip(mysqlNeeded);
      const { faults, has } = await playPoint(bed, point);
      expect(faults).toEqual([]);
      if (committed !== undefined) expect(new Set(Object.values(has))).toEqual(new Set([committed]));
    });
  }
});

const tenant: Topology = { labels: ["t", "a"], decider: "a" };

const pointsOfTenant: readonly (readonly [Point, boolean | undefined])[] = [
  [{ ...tenant, at: "t prepare answered", event: die }, false],
  [{ ...tenant, at: "a commit answered", event: die }, true],
  [{ ...tenant, at: "t finish before", event: { kill: "server", of: "t" } }, true],
];

describe("a transaction with a tenant of a shared pool is whole after recovery by who has never heard of the tenant", () => {
  for (const [point, committed] of pointsOfTenant) {
    it(nameOf(point), async () => {
      const { faults, has } = await playPoint(bed, point);
      expect(faults).toEqual([]);
      if (committed !== undefined) expect(new Set(Object.values(has))).toEqual(new Set([committed]));
    });
  }
});

const lone: Topology = { labels: ["o", "a"], decider: "a" };
const loneOfFile: Topology = { labels: ["b", "o", "c"], decider: "c" };

const pointsOfLoneTenant: readonly (readonly [Point, boolean | undefined])[] = [
  [{ ...lone, at: "a noted answered", event: die }, false],
  [{ ...lone, at: "o prepare sent", event: die }, false],
  [{ ...lone, at: "o prepare answered", event: die }, false],
  [{ ...lone, at: "a commit answered", event: die }, true],
  [{ ...lone, at: "o finish before", event: { kill: "server", of: "o" } }, true],
  [{ ...loneOfFile, at: "c commit answered", event: die }, true],
];

describe("a transaction with a tenant that has a database of its own is whole after recovery by who has never opened it", () => {
  for (const [point, committed] of pointsOfLoneTenant) {
    it(nameOf(point), async () => {
      const { faults, has } = await playPoint(bed, point);
      expect(faults).toEqual([]);
      if (committed !== undefined) expect(new Set(Object.values(has))).toEqual(new Set([committed]));
    });
  }
});

describe("recovery while a coordinator sleeps between the votes and its decision", () => {
  const asleep = async (recover: () => Promise<void>) => {
    const id = nextId();
    const { a, b } = bed.databases;
    const event = { wait: true } as const;
    const coordinator = startCoordinator({ databases: { a, b }, decider: "a", id, at: "a decide before", event });
    await coordinator.waits;
    // The branch prepares meanwhile.
    while ((await bed.recoverer.inDoubt()).length === 0);
    await recover();
    coordinator.goOn();
    await coordinator.ended;
    return { told: coordinator.told[0], ...(await recoverAndLook(bed, ["a", "b"], id)) };
  };

  it("rolls back, and the coordinator learns it", async () => {
    const { told, has, prepared } = await asleep(async () => {
      const { branches } = await bed.recoverer.recover();
      expect(branches).toMatchObject([{ label: "b", decision: "rolled back", result: "done" }]);
    });
    expect(told).toMatchObject({ outcome: "rolled back" });
    expect(told?.error).toContain("rolled back by recovery");
    expect([has, prepared]).toEqual([{ a: false, b: false }, 0]);
  });

  it("tears it when it believes that nothing is decided without writing so", async () => {
    const { told, has } = await asleep(async () => {
      const [found] = await bed.recoverer.inDoubt();
      expect(found?.decision).toBe("undecided");
      const client = new pg.Client({ connectionString: bed.databases.b });
      await client.connect();
      await client.query(`rollback prepared '${found?.identifier}'`);
      await client.end();
    });
    expect(told).toMatchObject({ outcome: "committed" });
    expect(has).toEqual({ a: true, b: false });
  });
});
