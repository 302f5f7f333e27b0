import { blindSpots, miniRunner, type ReferenceServer, referenceServer, referenceSubject } from "@nsj/mdb-testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let server: ReferenceServer;

beforeEach(async () => {
  server = await referenceServer();
});

afterEach(async () => {
  await server.close();
});

async function outcomes(subject: ReturnType<typeof referenceSubject>) {
  const runner = miniRunner();
  blindSpots(runner, subject);
  return runner.run();
}

describe("the blind spots of the suite", () => {
  it("are none on the small engine over a wire", async () => {
    const found = await outcomes(referenceSubject(() => server));
    expect(found.filter(({ outcome }) => outcome !== "pass")).toEqual([]);
    expect(found.length).toBeGreaterThanOrEqual(7);
  });

  it("are failures where the subject has nothing that shows the bug", async () => {
    const { sql, ...subject } = referenceSubject(() => server);
    const session = { leftovers: [] };
    const found = await outcomes({ ...subject, sql: { ...sql, session } });
    expect(found.find(({ name }) => name.includes("through a reset"))).toMatchObject({
      outcome: "fail",
      reason: expect.stringContaining("does not see it"),
    });
  });

  it("are skips with a reason where no question can be asked", async () => {
    const { sql, admin, ...subject } = referenceSubject(() => server);
    const { hangUp, ...less } = sql;
    const found = await outcomes({ ...subject, sql: less });
    const reason = expect.stringMatching(/sql\.hangUp: absent; .*admin: absent/);
    expect(found.find(({ name }) => name.includes("calls itself usable"))).toMatchObject({ outcome: "skip", reason });
  });

  it("are failures where the question fails without any bug", async () => {
    const { sql, ...subject } = referenceSubject(() => server);
    const found = await outcomes({ ...subject, sql: { ...sql, now: "'1970-01-01 00:00:00'" } });
    expect(found.find(({ name }) => name.includes("zone of its own"))).toMatchObject({
      outcome: "fail",
      reason: expect.stringContaining("fails without any bug"),
    });
  });
});
